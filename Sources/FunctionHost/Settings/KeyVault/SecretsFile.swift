/// The file that stands in for Key Vault in local work: `{"vault": {"secret": "value"}}`; names ignore case, as in Azure.
struct SecretsFile: Sendable {
    private let root: JSONValue
    private let path: String

    /// Reads the file.
    init(path: String, files: any AppFiles) throws(KeyVaultFailure) {
        self.path = path
        let bytes: [UInt8]
        do {
            bytes = try files.contents(of: path, upTo: KeyVault.fileBytesMax)
        } catch {
            throw KeyVaultFailure("The file '\(path)' (KEYVAULT_FILE): \(error.description)")
        }
        guard let root = try? LenientJSON.parse(bytes), root.members != nil else {
            throw KeyVaultFailure("The file '\(path)' (KEYVAULT_FILE) is not a JSON object.")
        }
        self.root = root
    }

    func value(of reference: KeyVaultReference) -> Result<String, KeyVaultFailure> {
        guard let vault = root.member(ignoringCase: reference.vault), vault.members != nil else {
            return .failure(KeyVaultFailure("The file '\(path)' (KEYVAULT_FILE) has no vault of this name."))
        }
        guard let value = vault.member(ignoringCase: reference.secret)?.string else {
            return .failure(KeyVaultFailure("The file '\(path)' (KEYVAULT_FILE) has no such secret with a text."))
        }
        return .success(value)
    }
}
