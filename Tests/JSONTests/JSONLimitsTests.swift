import JSON
import Testing

@Suite("Limits of JSON")
private struct JSONLimitsTests {
    private func code(_ text: String, _ limits: JSONLimits = .standard) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try JSONReader.parse(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    private func list(_ count: Int) -> String {
        "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]"
    }

    private func members(_ count: Int) -> String {
        "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
    }

    @Test func `the standard limits are those of the reliability table`() {
        let limits = JSONLimits.standard
        #expect(limits.depth == 32)
        #expect(limits.elements == 10_000)
        #expect(limits.stringBytes == 65_536)
        #expect(limits.numberDigits == 40)
    }

    @Test func `nesting is taken to the limit and refused beyond`() {
        #expect(code(nested(32)) == nil)
        #expect(code(nested(33)) == .tooDeep)
        #expect(
            code(String(repeating: "{\"a\":", count: 32) + "1" + String(repeating: "}", count: 32)) == nil
        )
        #expect(
            code(String(repeating: "{\"a\":", count: 33) + "1" + String(repeating: "}", count: 33))
                == .tooDeep
        )
        #expect(code("1", JSONLimits(depth: 0)) == nil)
        #expect(code("[]", JSONLimits(depth: 0)) == .tooDeep)
        #expect(code(nested(512), JSONLimits(depth: 512)) == nil)
    }

    @Test func `elements and members are taken to the limit and refused beyond`() {
        #expect(code(list(10_000)) == nil)
        #expect(code(list(10_001)) == .tooManyElements)
        #expect(code(members(10_000)) == nil)
        #expect(code(members(10_001)) == .tooManyElements)
        #expect(code("[[0,0],{\"a\":0}]", JSONLimits(elements: 5)) == nil)
        #expect(code("[[0,0],{\"a\":0}]", JSONLimits(elements: 4)) == .tooManyElements)
    }

    @Test func `strings and keys are taken to the limit and refused beyond`() {
        let full = String(repeating: "x", count: 65_536)
        #expect(code("\"\(full)\"") == nil)
        #expect(code("\"\(full)x\"") == .stringTooLong)
        #expect(code("{\"\(full)\":1}") == nil)
        #expect(code("{\"\(full)x\":1}") == .stringTooLong)
        // Escapes count as what they stand for.
        let limits = JSONLimits(stringBytes: 4)
        #expect(code(#""\u00e9\n\n""#, limits) == nil)
        #expect(code(#""\u00e9\n\nx""#, limits) == .stringTooLong)
        #expect(code(#""\ud83d\ude00""#, limits) == nil)
        #expect(code(#""x\ud83d\ude00""#, limits) == .stringTooLong)
    }

    @Test func `numbers are taken to the limit and refused beyond`() {
        #expect(code(String(repeating: "1", count: 40)) == nil)
        #expect(code(String(repeating: "1", count: 41)) == .numberTooLong)
        #expect(
            code("-" + String(repeating: "1", count: 20) + "." + String(repeating: "1", count: 18) + "e-12")
                == nil
        )
        #expect(
            code("-" + String(repeating: "1", count: 20) + "." + String(repeating: "1", count: 19) + "e-12")
                == .numberTooLong
        )
    }

    @Test func `keys of large objects are still told apart byte for byte`() {
        for count in [1, 8, 15, 16, 17, 18, 200] {
            let sound = (0..<count).map { "\"k\($0)\":0" }
            #expect(code("{" + sound.joined(separator: ",") + "}") == nil)
            for twin in [0, count / 2, count - 1] {
                #expect(
                    code("{" + (sound + ["\"k\(twin)\":0"]).joined(separator: ",") + "}") == .duplicateKey
                )
            }
        }
    }

    @Test func `limits that make no sense stop the program`() async {
        await #expect(processExitsWith: .failure) { _ = JSONLimits(depth: 513) }
        await #expect(processExitsWith: .failure) { _ = JSONLimits(elements: -1) }
    }
}
