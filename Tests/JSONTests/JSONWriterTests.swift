import JSON
import Testing

@Suite("Writing JSON")
private struct JSONWriterTests {
    private func text(_ style: JSONWriter.Style = .compact, _ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(style: style)
        write(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func `a value can be taken in pieces, which together are the whole`() {
        var whole = JSONWriter()
        var cut = JSONWriter()
        var taken: [UInt8] = []
        var pieces = 0
        for isCut in [false, true] {
            var writer = JSONWriter()
            writer.beginObject()
            writer.array("numbers", 0..<100) { writer, number in
                writer.beginArray()
                writer.integer(number)
                writer.string(rendering: { $0 += Array("\"\(number)".utf8) })
                writer.endArray()
                if isCut, let piece = writer.take(atLeast: 64) {
                    taken += piece
                    pieces += 1
                }
            }
            writer.endObject()
            if isCut { cut = writer } else { whole = writer }
        }
        #expect(pieces > 5)
        #expect(taken + cut.finish() == whole.finish())
    }

    private func sample(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("b")
        writer.number(text: "1.50")
        writer.key("a")
        writer.beginArray()
        writer.integer(-12)
        writer.bool(false)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.key("c" + String(1))
        writer.string("x")
        writer.endObject()
    }

    @Test func `members come in the order given, without white space`() {
        #expect(text(write: sample) == #"{"b":1.50,"a":[-12,false,null,{},[]],"c1":"x"}"#)
    }

    private func text(write: (inout JSONWriter) -> Void) -> String { text(.compact, write) }

    @Test func `the pretty form indents by two blanks`() {
        let expected = """
            {
              "b": 1.50,
              "a": [
                -12,
                false,
                null,
                {},
                []
              ],
              "c1": "x"
            }
            """
        #expect(text(.pretty, sample) == expected)
    }

    @Test(arguments: [
        ("", #""""#),
        ("plain / é € 😀 \u{7F}\u{2028}", "\"plain / é € 😀 \u{7F}\u{2028}\""),
        ("\"\\", #""\"\\""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1}\u{B}\u{1F}", #""\u0000\u0001\u000b\u001f""#),
        (
            "a long run of plain text and then \" one quote",
            #""a long run of plain text and then \" one quote""#
        ),
    ])
    func `only quote, backslash and control characters are escaped`(value: String, expected: String) {
        #expect(text { $0.string(value) } == expected)
        #expect(text { $0.string(utf8: Array(value.utf8)) } == expected)
        #expect(text { $0.string { $0.append(contentsOf: value.utf8) } } == expected)
        let keyed = text {
            $0.beginObject()
            $0.key(value)
            $0.null()
            $0.endObject()
        }
        #expect(keyed == "{\(expected):null}")
    }

    @Test func `static keys are escaped too`() {
        let keyed = text {
            $0.beginObject()
            $0.key("a\"b\\c\n")
            $0.null()
            $0.endObject()
        }
        #expect(keyed == #"{"a\"b\\c\n":null}"#)
    }

    @Test func `every single scalar up to U+07FF reads back`() throws {
        for number in UInt32(0)...0x7FF {
            let scalar = try #require(Unicode.Scalar(number))
            let value = JSONValue.string(String(Character(scalar)))
            #expect(try JSONReader.parse(value.rendered()) == value)
        }
    }

    @Test func `integers are written to the ends of their ranges`() {
        #expect(text { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(text { $0.integer(Int64.max) } == "9223372036854775807")
        #expect(text { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(text { $0.integer(0) } == "0")
    }

    @Test func `numbers keep their digits`() {
        #expect(text { $0.number(text: "-0.10e+007") } == "-0.10e+007")
        #expect(text { $0.number(utf8: Array("12.50".utf8).span) } == "12.50")
    }

    @Test func `a text that is not there is null`() {
        #expect(text { $0.string(orNull: nil) } == "null")
        #expect(text { $0.string(orNull: "x") } == "\"x\"")
    }

    @Test func `values out of order stop the program`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.null()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.null()
            writer.null()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.key("a")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("a")
            writer.key("b")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("a")
            writer.endObject()
        }
    }

    @Test func `ends that do not match stop the program`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.endArray()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.endArray()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            _ = writer.finish()
        }
        await #expect(processExitsWith: .failure) {
            let writer = JSONWriter()
            _ = writer.finish()
        }
    }

    @Test func `nesting without end and false numbers stop the program`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            for _ in 0...JSONWriter.depthMax { writer.beginArray() }
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.number(text: "1.")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.number(text: "NaN")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.string { $0.removeAll() }
        }
    }
}
