import FunctionTesting
import Testing

@testable import FunctionKit

/// Packed records, their slots, and what the change feed keeps.
@Suite struct RecordTests {
    @Test func aRecordComesBack() {
        let moments: [Int64] = [0, -1, 1, 1_790_000_000_000, -62_135_596_800_000, 1 << 55 - 1, -(1 << 55) + 1]
        for moment in moments {
            for (file, offset, count) in [(0, 0, 0), (65_535, 1 << 40 - 1, 1 << 24 - 1), (1, 1 << 32, 1 << 16)] {
                let record = DocumentRecord(
                    revision: Revision(rawValue: PackedRecord.revisionMax - (moment & 1)),
                    createdAt: Timestamp(milliseconds: moment),
                    updatedAt: Timestamp(milliseconds: -moment),
                    expiresAt: nil,
                    location: BodyLocation(file: file, offset: offset, count: count, checksum: .max)
                )
                #expect(PackedRecord(record).record(expiresAt: nil) == record)
            }
        }
        #expect(MemoryLayout<PackedRecord>.stride == 36)
        let far = DocumentRecord(
            revision: Revision(rawValue: 1),
            createdAt: Timestamp(milliseconds: .max),
            updatedAt: Timestamp(milliseconds: .min),
            expiresAt: nil,
            location: BodyLocation(file: 0, offset: 0, count: 0, checksum: 0)
        )
        #expect(PackedRecord(far).record(expiresAt: nil).createdAt.milliseconds == 1 << 55 - 1)
    }

    @Test func theTableAgreesWithADictionary() {
        let random = SeededRandomSource(seed: 11)
        var table = RecordTable()
        var model: [UInt32: DocumentRecord] = [:]
        var snapshot: (RecordTable, [UInt32: DocumentRecord])?
        for step in 0..<3000 {
            let number = Int64(random.next() % 1000)
            let record = DocumentRecord(
                revision: Revision(rawValue: Int64(step)),
                createdAt: Timestamp(milliseconds: number),
                updatedAt: Timestamp(milliseconds: number * 3),
                expiresAt: number % 4 == 0 ? Timestamp(milliseconds: number * 5) : nil,
                location: BodyLocation(file: Int(number), offset: step, count: 7, checksum: UInt32(step))
            )
            let slots = model.keys.sorted()
            switch number % 5 {
            case 0 where !slots.isEmpty:
                let slot = slots[Int(number) % slots.count]
                table.remove(slot)
                model[slot] = nil
            case 1 where !slots.isEmpty:
                let slot = slots[Int(number) % slots.count]
                table.update(slot, record)
                model[slot] = record
            default:
                let slot = table.insert(record)
                #expect(model.updateValue(record, forKey: slot) == nil)
            }
            if step == 1500 { snapshot = (table, model) }
        }
        for (table, model) in [(table, model)] + (snapshot.map { [$0] } ?? []) {
            #expect(table.count == model.count)
            for slot in 0..<UInt32(table.slotCount) {
                #expect(table.isUsed(slot) == (model[slot] != nil))
                if let record = model[slot] { #expect(table[slot] == record) }
            }
        }
        #expect(!table.isUsed(UInt32(table.slotCount)))
    }

    @Test func theOldestRemovalsAreForgotten() throws {
        var history = RemovalHistory(kept: 5)
        for number in 1...2000 {
            history.note(try StateFixture.key("d\(number)"), Revision(rawValue: Int64(number)))
        }
        #expect(history.count == 5)
        #expect(history.floor == Revision(rawValue: 1995))
        #expect(history.after(Revision(rawValue: 1997)).map(\.key.id.description) == ["d1998", "d1999", "d2000"])
        #expect(history.after(Revision(rawValue: 2000)).isEmpty)
        #expect(history.after(Revision(rawValue: 0)).count == 5)
        var none = RemovalHistory(floor: Revision(rawValue: 4), kept: 0)
        #expect(none.floor.rawValue == 4)
        none.note(try StateFixture.key("a"), Revision(rawValue: 9))
        #expect(none.count == 0)
        #expect(none.floor.rawValue == 9)
    }

    @Test func positionsHaveATextForm() {
        for (text, revision, startedAt) in [("0", 0, 0), ("17", 17, 0), ("17-40", 17, 40)] as [(String, Int64, Int64)] {
            let position = ChangePosition(text)
            #expect(position?.revision.rawValue == revision)
            #expect(position?.startedAt.rawValue == startedAt)
            #expect(position?.description == text)
        }
        #expect(ChangePosition("40-17")?.description == "40")
        #expect(ChangePosition("0") == .beginning)
        for text in ["", "-", "1-", "-1", "1-2-3", "a", "1.5", "+1", " 1", "99999999999999999999"] {
            #expect(ChangePosition(text) == nil, "\(text)")
        }
    }
}
