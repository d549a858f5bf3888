internal import DocumentStore
internal import FunctionKit

extension Simulation {
    /// Damages a file in a copy of the disk, and sees that the store says so instead of showing something wrong.
    func damage(_ image: DiskImage) {
        var copy = image
        copy.endProcess()
        // Behind the start of the last write damage looks like a write that was never finished.
        let files = copy.paths().filter { file in
            isHint(file.path) && !copy.files[file.file].content.isEmpty
                || isData(file.path) && copy.files[file.file].lastWriteStart > 0
        }
        guard !files.isEmpty else { return }
        counts.damages += 1
        let (path, file) = random.pick(files)
        let isCut = random.chance(200)
        let end = isHint(path) ? copy.files[file].content.count : copy.files[file].lastWriteStart
        let offset = random.below(end)
        copy.files[file].damage(at: offset, flipping: isCut ? nil : 1 << UInt8(random.below(8)))
        trace.note("damage", path, offset, isCut ? 1 : 0)
        let disk = SimulatedDisk(image: copy, random: SimulationRandom(seed: random.next(), stream: 8), trace: trace)
        if isData(path), !isCut { expectFinding(disk, path) }
        guard let world = open(disk) else { return }
        perform([{ await self.look(world, at: path, damagedAt: offset, isCut: isCut) }])
        disk.stop()
        perform([])
    }

    private func expectFinding(_ disk: SimulatedDisk, _ path: String) {
        do throws(StoreError) {
            let verification = try StoreVerification(ofFolder: Self.path, now: clock.now, disk: disk)
            if !verification.findings.contains(where: { $0.file == path && $0.severity == .damage }) {
                model.fail("verification does not find damage in \(path)")
            }
        } catch {
            model.fail("verification fails on damage in \(path): \(error.message)")
        }
    }

    /// A file that only spares time; without it, or with a damaged one, everything is as before.
    private func isHint(_ path: String) -> Bool { path.hasSuffix(".hint") }

    private func isData(_ path: String) -> Bool { path.hasSuffix(".jsonl") }

    private nonisolated func look(_ world: World, at path: String, damagedAt offset: Int, isCut: Bool) async {
        for tenant in 0..<Self.tenants {
            let isDamaged = isData(path) && path.contains("/tenants/\(StoreModel.name(tenant))/")
            let expected = model.tenants[tenant].base
            for place in Place.all {
                do throws(StoreError) {
                    let document = try await world.partition(tenant).get(place.key)
                    check(document, expected[place.number], tenant, place, mayDiffer: isDamaged && isCut)
                } catch {
                    guard isDamaged, error.code == .damaged else {
                        return model.fail("tenant \(tenant) fails because of damage in \(path): \(error.message)")
                    }
                    // A file that was cut off between two lines shows at the beginning of the next file.
                    let named = isCut ? "/tenants/\(StoreModel.name(tenant))/" : path
                    if !error.message.contains(named) || !error.message.contains("byte ") {
                        model.fail("the error does not name file and offset of damage in \(path): \(error.message)")
                    }
                }
            }
        }
    }

    private func check(_ document: StoredDocument?, _ expected: Held?, _ tenant: Int, _ place: Place, mayDiffer: Bool) {
        guard let document else {
            let span = model.span(from: trace.step, to: trace.step)
            if model.presence(expected, span) == .yes, !mayDiffer {
                model.fail("damage made '\(place.key.id)' of tenant \(tenant) disappear silently")
            }
            return
        }
        let number = Version.number(in: document.body)
        let isRight =
            number == expected?.version && document.revision.rawValue == expected?.revision
            && number.map { model.versions[$0].body == document.body } ?? false
        if !isRight, !mayDiffer { model.fail("damage made '\(place.key.id)' of tenant \(tenant) wrong silently") }
    }
}
