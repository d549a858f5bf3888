import CLLHTTP

/// Where a field line's name and value lie, in bytes from the start of the request.
struct FieldSpan {
    var name: Range<Int>
    /// Without the white space before it; white space after it may be included.
    var value: Range<Int>
}

/// Takes llhttp's callbacks and notes where the parts of the header lie.
///
/// The bytes of one header stay at the same distance from its start however often they move in memory, so parts that
/// arrive in pieces are told apart by offsets alone and nothing is copied.
struct HeadCollector {
    /// The most fields whose memory is kept for the next request: more than a browser sends.
    private static let keptFieldsMax = 32

    /// Where the request starts in memory, during one call of llhttp only.
    var base: UnsafePointer<CChar>?
    var target = 0..<0
    var fields: [FieldSpan] = []
    var fieldCountMax: Int
    var isTargetComplete = false
    var isComplete = false
    var hasTooManyFields = false
    private var isNameOpen = false

    init(fieldCountMax: Int) { self.fieldCountMax = fieldCountMax }

    mutating func reset() {
        target = 0..<0
        fields.removeAll(keepingCapacity: fields.capacity <= Self.keptFieldsMax)
        isTargetComplete = false
        isComplete = false
        hasTooManyFields = false
        isNameOpen = false
    }

    private func range(_ start: UnsafePointer<CChar>?, _ length: Int) -> Range<Int> {
        guard let start, let base else { return 0..<0 }
        let offset = start - base
        return offset..<offset + length
    }

    mutating func takeTarget(_ start: UnsafePointer<CChar>?, _ length: Int) {
        let piece = range(start, length)
        target = target.isEmpty ? piece : target.lowerBound..<piece.upperBound
    }

    mutating func takeName(_ start: UnsafePointer<CChar>?, _ length: Int) {
        let piece = range(start, length)
        if isNameOpen, let last = fields.indices.last {
            fields[last].name = fields[last].name.lowerBound..<piece.upperBound
        } else {
            isNameOpen = true
            fields.append(FieldSpan(name: piece, value: 0..<0))
        }
    }

    /// False when there are too many fields.
    mutating func endName() -> Bool {
        isNameOpen = false
        hasTooManyFields = fields.count > fieldCountMax
        return !hasTooManyFields
    }

    mutating func takeValue(_ start: UnsafePointer<CChar>?, _ length: Int) {
        guard length > 0, let last = fields.indices.last else { return }
        let piece = range(start, length)
        let value = fields[last].value
        fields[last].value = value.isEmpty ? piece : value.lowerBound..<piece.upperBound
    }
}
