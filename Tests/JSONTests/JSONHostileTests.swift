import Foundation
import JSON
import TestSupport
import Testing

@Suite("Hostile and random JSON")
private struct JSONHostileTests {
    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `a hundred thousand open brackets are refused at once`(bracket: String) {
        let bytes = Array(String(repeating: bracket, count: 100_000).utf8)
        let error = #expect(throws: JSONError.self) { try JSONReader.parse(bytes) }
        #expect(error?.code == .tooDeep)
    }

    @Test func `a string of ten megabytes is refused, or read where allowed`() throws {
        let bytes = Array("\"".utf8) + [UInt8](repeating: 0x61, count: 10_000_000) + Array("\"".utf8)
        let error = #expect(throws: JSONError.self) { try JSONReader.parse(bytes) }
        #expect(error?.code == .stringTooLong)
        let value = try JSONReader.parse(bytes, limits: JSONLimits(stringBytes: 10_000_000))
        #expect(value.string?.utf8.count == 10_000_000)
    }

    @Test func `a number of a million digits is refused`() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.parse([UInt8](repeating: 0x37, count: 1_000_000))
        }
        #expect(error?.code == .numberTooLong)
    }

    @Test(arguments: 1...8)
    func `random values come back from both forms as they were`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<250 {
            let value = RandomJSON.value(depth: 4, using: &generator)
            for style in [JSONWriter.Style.compact, .pretty] {
                #expect(try JSONReader.parse(value.rendered(style: style)) == value)
            }
        }
    }

    @Test(arguments: 1...4)
    func `what is read equals what Foundation reads`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed) &* 77)
        for _ in 0..<250 {
            let bytes = RandomJSON.value(depth: 3, using: &generator).rendered()
            try expectFoundationAgrees(bytes)
        }
    }

    @Test(arguments: 1...8)
    func `mutated texts never crash, and what is accepted Foundation accepts too`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed) &* 1_000_003)
        let marks = Array("{}[]\",:\\u0123456789eE+-.tfn \n\u{0}\u{1F}é".utf8) + [0x80, 0xFF, 0xED]
        var accepted = 0
        for _ in 0..<600 {
            var bytes = RandomJSON.value(depth: 3, using: &generator).rendered()
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0..<max(bytes.count, 1), using: &generator)
                let mark = marks[Int.random(in: 0..<marks.count, using: &generator)]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where !bytes.isEmpty: bytes[place] = mark
                case 1 where !bytes.isEmpty: bytes.remove(at: place)
                case 2: bytes.removeSubrange(place...)
                default: bytes.insert(mark, at: min(place, bytes.count))
                }
            }
            guard (try? JSONReader.parse(bytes)) != nil else { continue }
            accepted += 1
            try expectFoundationAgrees(bytes)
        }
        #expect(accepted > 20)
    }

    private func expectFoundationAgrees(_ bytes: [UInt8]) throws {
        let ours = try JSONReader.parse(bytes)
        // Foundation refuses numbers that no Double holds; we keep their digits.
        guard fitsDouble(ours) else { return }
        let theirs = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        #expect(agrees(ours, theirs), "\(String(decoding: bytes, as: UTF8.self))")
    }

    private func fitsDouble(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let text): Double(text)?.isFinite ?? false
        case .array(let elements): elements.allSatisfy(fitsDouble)
        case .object(let members): members.allSatisfy { fitsDouble($0.value) }
        default: true
        }
    }

    private func agrees(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .bool(let value): (theirs as? NSNumber)?.boolValue == value
        case .number(let text): (theirs as? NSNumber).map { closeEnough(text, $0) } ?? false
        case .string(let text): (theirs as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array(let elements):
            (theirs as? [Any]).map { other in
                other.count == elements.count && zip(elements, other).allSatisfy { agrees($0, $1) }
            } ?? false
        case .object(let members):
            // Foundation's dictionary takes differently composed keys for one, so fewer may be left there.
            (theirs as? [String: Any]).map { other in
                other.count == Set(members.map(\.key)).count && members.allSatisfy { other[$0.key] != nil }
                    && (other.count < members.count
                        || members.allSatisfy { agrees($0.value, other[$0.key] ?? $0) })
            } ?? false
        }
    }

    /// Foundation reads numbers as doubles or integers: compare at that precision.
    private func closeEnough(_ text: String, _ number: NSNumber) -> Bool {
        guard let expected = Double(text) else { return false }
        let found = number.doubleValue
        return expected == found || abs(expected - found) <= abs(expected) * 1e-12
    }
}

/// Random values within the standard limits.
private enum RandomJSON {
    private static let letters: [Unicode.Scalar] = [
        "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "é", "e", "\u{301}",
        "€", "😀", "\u{2028}",
    ]

    static func value(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2, 3: .number(number(using: &generator))
        case 4: .string(text(using: &generator))
        case 5, 6:
            .array(
                (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                    value(depth: depth - 1, using: &generator)
                }
            )
        default: object(depth: depth, using: &generator)
        }
    }

    private static func object(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        var keys: Set<[UInt8]> = []
        var members: [JSONMember] = []
        for _ in 0..<Int.random(in: 0..<14, using: &generator) {
            let key = text(using: &generator)
            guard keys.insert(Array(key.utf8)).inserted else { continue }
            members.append(JSONMember(key: key, value: value(depth: depth - 1, using: &generator)))
        }
        return .object(members)
    }

    private static func text(using generator: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            text.unicodeScalars.append(letters[Int.random(in: 0..<letters.count, using: &generator)])
        }
        return text
    }

    private static func number(using generator: inout SplitMix64) -> String {
        var text = Bool.random(using: &generator) ? "-" : ""
        text += String(generator.next() >> UInt64.random(in: 0..<64, using: &generator))
        if Bool.random(using: &generator) { text += ".\(generator.next() % 1_000_000)" }
        if Bool.random(using: &generator) {
            text += ["e", "E", "e-", "E+"][Int(generator.next() % 4)] + "\(generator.next() % 30)"
        }
        return text
    }
}
