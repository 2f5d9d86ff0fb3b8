import JSON
import Testing

/// A text, the fault found in it, and where: by byte, Unicode scalar, line and column.
struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let code: JSONError.Code
    let place: JSONPosition

    init(
        _ text: String,
        _ code: JSONError.Code,
        at byte: Int,
        scalar: Int? = nil,
        line: Int = 1,
        column: Int? = nil
    ) {
        self.text = text
        self.code = code
        let scalar = scalar ?? byte
        place = JSONPosition(byteOffset: byte, scalarOffset: scalar, line: line, column: column ?? scalar + 1)
    }

    var testDescription: String { "\(String(text.prefix(40)).debugDescription) → \(code)" }
}

private let refusals: [Refusal] = [
    Refusal("", .expectedValue, at: 0),
    Refusal("  ", .expectedValue, at: 2),
    Refusal("nul", .expectedValue, at: 0),
    Refusal("NaN", .expectedValue, at: 0),
    Refusal("Infinity", .expectedValue, at: 0),
    Refusal("-Infinity", .expectedValue, at: 0),
    Refusal("-", .expectedValue, at: 0),
    Refusal("+1", .expectedValue, at: 0),
    Refusal(".5", .expectedValue, at: 0),
    Refusal("'a'", .expectedValue, at: 0),
    Refusal("True", .expectedValue, at: 0),
    Refusal("\u{FF11}", .expectedValue, at: 0),
    Refusal("[", .expectedValue, at: 1),
    Refusal("[1,", .expectedValue, at: 3),
    Refusal("[,1]", .expectedValue, at: 1),
    Refusal("[1,,2]", .expectedValue, at: 3),
    Refusal("{\"a\":}", .expectedValue, at: 5),
    Refusal("{\"a\": ", .expectedValue, at: 6),
    Refusal("[1 2]", .expectedComma, at: 3),
    Refusal("[1", .expectedComma, at: 2),
    Refusal("[1}", .expectedComma, at: 2),
    Refusal("[01]", .expectedComma, at: 2),
    Refusal("[1.]", .expectedComma, at: 2),
    Refusal("[1e]", .expectedComma, at: 2),
    Refusal("[1e+]", .expectedComma, at: 2),
    Refusal("[0x1]", .expectedComma, at: 2),
    Refusal("{\"a\":1 \"b\":2}", .expectedComma, at: 7),
    Refusal("{\"a\":1", .expectedComma, at: 6),
    Refusal("{", .expectedKey, at: 1),
    Refusal("{a:1}", .expectedKey, at: 1),
    Refusal("{1:1}", .expectedKey, at: 1),
    Refusal("{\"a\":1,", .expectedKey, at: 7),
    Refusal("{\"a\"}", .expectedColon, at: 4),
    Refusal("{\"a\" 1}", .expectedColon, at: 5),
    Refusal("{\"a\"", .expectedColon, at: 4),
    Refusal("{\"a\":1, }", .trailingCommaInObject, at: 6),
    Refusal("{,}", .expectedKey, at: 1),
    Refusal("[1 , ]", .trailingCommaInArray, at: 3),
    Refusal("1 2", .trailingData, at: 2),
    Refusal("{}}", .trailingData, at: 2),
    Refusal("-01", .trailingData, at: 2),
    Refusal("1.", .trailingData, at: 1),
    Refusal("truest", .trailingData, at: 4),
    Refusal("null\u{0}", .trailingData, at: 4),
    Refusal("\"abc", .unterminatedString, at: 0),
    Refusal("[\"a\\", .unterminatedString, at: 1),
    Refusal("[\"a\\n", .unterminatedString, at: 1),
    Refusal("\"a\tb\"", .controlCharacter, at: 2),
    Refusal("\"\\n\u{0}\"", .controlCharacter, at: 3),
    Refusal("\"a\\x\"", .invalidEscape, at: 2),
    Refusal("\"\\'\"", .invalidEscape, at: 1),
    Refusal("\"\\u12G4\"", .invalidUnicodeEscape, at: 2),
    Refusal("\"\\u+123\"", .invalidUnicodeEscape, at: 2),
    Refusal("\"\\u12", .truncatedUnicodeEscape, at: 3),
    Refusal("\"\\u1234", .truncatedUnicodeEscape, at: 3),
    Refusal("\"\\uD800\"", .loneSurrogate, at: 1),
    Refusal("\"\\uDC00\"", .loneSurrogate, at: 1),
    Refusal("\"x\\uD800\\u0041\"", .loneSurrogate, at: 2),
    Refusal("\"\\uD800\\uD800\"", .loneSurrogate, at: 1),
    Refusal("{\"a\":1,\"a\":2}", .duplicateKey, at: 7),
    Refusal("{\"a\":1,\"\\u0061\":2}", .duplicateKey, at: 7),
    Refusal("\u{FEFF}1", .byteOrderMark, at: 0),
    Refusal("{\n \"é\": 1,\n \"ü€\" 2}", .expectedColon, at: 21, scalar: 17, line: 3, column: 7),
    Refusal("[\r\n\"é\",\n]", .trailingCommaInArray, at: 7, scalar: 6, line: 2, column: 4),
]

@Suite("Reading JSON")
private struct JSONReaderTests {
    @Test(arguments: refusals)
    func `a faulty text is refused with its fault and place`(refusal: Refusal) {
        #expect(throws: JSONError(code: refusal.code, position: refusal.place)) {
            try JSONReader.parse(Array(refusal.text.utf8))
        }
    }

    @Test func `every way of being refused is in a table`() {
        let limits: Set<JSONError.Code> = [
            .tooDeep, .tooManyElements, .stringTooLong, .numberTooLong, .invalidUTF8,
        ]
        #expect(Set(refusals.map(\.code)).union(limits) == Set(JSONError.Code.allCases))
    }

    @Test(arguments: [
        ("null", JSONValue.null),
        (" true\n", .bool(true)),
        ("\tfalse\r", .bool(false)),
        ("0", .number("0")),
        ("-0", .number("-0")),
        ("-0.0e-00", .number("-0.0e-00")),
        ("100.500", .number("100.500")),
        ("1E+400", .number("1E+400")),
        ("12345678901234567890.123456789", .number("12345678901234567890.123456789")),
        ("\"\"", .string("")),
        ("\"/ \u{7F} é € 😀\"", .string("/ \u{7F} é € 😀")),
        (#""\"\\\/\b\f\n\r\t\u0000\u00e9\u20AC\ud83d\uDE00""#, .string("\"\\/\u{8}\u{C}\n\r\t\u{0}é€😀")),
        ("[]", .array([])),
        ("{ }", .object([])),
        ("[ [ ] , { } ]", .array([.array([]), .object([])])),
        ("{\"\":{\"\":[]}}", .object([.init(key: "", value: .object([.init(key: "", value: .array([]))]))])),
        (
            #"{"b":1,"a":[2,"x",null]}"#,
            .object([
                .init(key: "b", value: .number("1")),
                .init(key: "a", value: .array([.number("2"), .string("x"), .null])),
            ])
        ),
        (
            "{\"\u{E9}\":1,\"e\u{301}\":2}",
            .object([.init(key: "\u{E9}", value: .number("1")), .init(key: "e\u{301}", value: .number("2"))])
        ),
    ])
    func `a sound text is read with its digits and order`(text: String, value: JSONValue) throws {
        #expect(try JSONReader.parse(Array(text.utf8)) == value)
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1),
            ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0x61, 0xED, 0xA0, 0x80, 0x22], 2),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0xE2, 0x82], 1),
            ([0x80], 0),
        ] as [([UInt8], Int)]
    )
    func `bytes that are not UTF-8 are refused where they begin`(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONReader.parse(bytes) }
        #expect(error?.code == .invalidUTF8)
        #expect(error?.position.byteOffset == offset)
    }

    @Test func `accessors give a value only where its sort fits`() throws {
        let text = #"{"s":"x","n":12,"f":1.0,"b":true,"z":null,"a":[1]}"#
        let value = try JSONReader.parse(Array(text.utf8))
        #expect(value["s"]?.string == "x")
        #expect(value["n"]?.integer == 12)
        #expect(value["n"]?.number == "12")
        #expect(value["f"]?.integer == nil)
        #expect(value["f"]?.number == "1.0")
        #expect(value["b"]?.bool == true)
        #expect(value["z"]?.isNull == true)
        #expect(value["a"]?.array?.count == 1)
        #expect(value["a"]?[0]?.integer == 1)
        #expect(value["a"]?[1] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["missing"] == nil)
        #expect(value["s"]?["s"] == nil)
        #expect(value["s"]?.number == nil && value["n"]?.string == nil && value["s"]?.isNull == false)
        #expect(value["s"]?.object == nil && value["s"]?.array == nil && value["s"]?.bool == nil)
        #expect(
            value.object?.map(\.value.sort) == ["string", "number", "number", "boolean", "null", "array"]
        )
        #expect(value.sort == "object")
        #expect(JSONValue.number("9223372036854775808").integer == nil)
    }

    @Test func `an error says what and where but shows none of the text`() {
        let error = #expect(throws: JSONError.self) { try JSONReader.parse(Array("{\n  secret: 1}".utf8)) }
        #expect(error?.description == "a key in double quotes is expected at line 2, column 3 (byte 4)")
    }

    @Test(arguments: JSONError.Code.allCases)
    func `every fault has its own words`(code: JSONError.Code) {
        #expect(JSONError.Code.allCases.filter { $0.words == code.words } == [code])
    }
}
