import JSON
import Money
import Services
import Testing

@testable import CryptFolioAPI

@Suite("Forms with brackets")
private struct FormTests {
    private func value(_ text: String) throws -> String {
        let tree = try RailsForm.parse(try FormText.pairs(Array(text.utf8)))
        return String(decoding: tree.rendered(), as: UTF8.self)
    }

    @Test(arguments: [
        ("", "{}"),
        ("title=My+portfolio", #"{"title":"My portfolio"}"#),
        ("currencies[]=btc&currencies[]=usd", #"{"currencies":["btc","usd"]}"#),
        ("currencies%5B%5D=btc&currencies%5b%5d=usd", #"{"currencies":["btc","usd"]}"#),
        ("currencies[]", #"{"currencies":[]}"#),
        ("currencies%5B%5D", #"{"currencies":[]}"#),
        ("currencies[]=", #"{"currencies":[""]}"#),
        ("currency[]=btc", #"{"currency":["btc"]}"#),
        (
            "balances[][balance]=1&balances[][currency]=btc&balances[][balance]=2&balances[][currency]=ltc",
            #"{"balances":[{"balance":"1","currency":"btc"},{"balance":"2","currency":"ltc"}]}"#
        ),
        (
            "a[][b][c]=1&a[][b][d]=2&a[][b][c]=3",
            #"{"a":[{"b":{"c":"1","d":"2"}},{"b":{"c":"3"}}]}"#
        ),
        ("a[][t][]=1&a[][t][]=2", #"{"a":[{"t":["1","2"]}]}"#),
        ("a[b][c]=1&a[b][d]=2", #"{"a":{"b":{"c":"1","d":"2"}}}"#),
        ("a", #"{"a":null}"#),
        ("a=1&&b=2&", #"{"a":"1","b":"2"}"#),
        ("t=%C3%A9%26%3D%25", #"{"t":"é&=%"}"#),
        ("a[0]=x&a[1]=y", #"{"a":{"0":"x","1":"y"}}"#),
    ])
    func `names make the tree that Rails makes`(_ text: String, _ tree: String) throws {
        #expect(try value(text) == tree)
    }

    @Test(arguments: [
        "[]=1", "=1", "a[=1", "a]=1", "a[b=1", "a[b]]=1", "a[[b]]=1", "a[b]c=1", "a[][]=1", "a[][][b]=1",
        "[a]=1", "a%5B=1", "a=1&a[]=2", "a[]=1&a=2", "a[b]=1&a[]=2", "a[]=1&a[b]=2", "a[]=1&a[][b]=2",
        "a[][b]=1&a[]=2", "a=1&a[b]=2", "a[b]=1&a[b][c]=2", "t=%", "t=%4", "t=%zz", "t=%FF", "t=%C3",
        "t=%ED%A0%80", "t=%C0%80", "%FF=1",
    ])
    func `what is not in order is refused`(_ text: String) throws {
        #expect(throws: FormFault.self) { try value(text) }
    }

    @Test(arguments: [
        ("a=1&a=2", "a"), ("a=1&a=1", "a"), ("a&a=1", "a"), ("a=1&a", "a"), ("b=1&a[x]=1&a[x]=2", "a[x]"),
        ("a[0][b]=1&a[1][b]=1&a[0][b]=2", "a[0][b]"),
    ])
    func `a single value that is given twice is named, since nobody knows which is meant`(
        _ text: String,
        _ name: String
    ) throws {
        #expect(throws: FormFault("\(name) is given twice")) { try value(text) }
    }

    @Test func `limits are one under and one over`() throws {
        let pairs = (0..<FormLimits.pairsMax).map { "c[]=\($0)" }
        #expect(try value(pairs.joined(separator: "&")).utf8.count > 10_000)
        #expect(throws: FormFault.self) { try value((pairs + ["x=1"]).joined(separator: "&")) }
        let deep = "a" + String(repeating: "[b]", count: FormLimits.depthMax - 1)
        _ = try value(deep + "=1")
        #expect(throws: FormFault.self) { try value(deep + "[b]=1") }
        let long = String(repeating: "x", count: FormLimits.textBytesMax)
        _ = try value("t=" + long)
        #expect(throws: FormFault.self) { try value("t=x" + long) }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["c[]=x", "c[][a]=x", "k%d=x", "o[k%d]=x", "c[][a%d]=x"]
    )
    func `ten thousand elements are read at once, whatever their shape`(_ pattern: String) throws {
        let text = (0..<10_000).map { pattern.replacing("%d", with: "\($0)") }.joined(separator: "&")
        let clock = ContinuousClock()
        let bytes = Array(text.utf8)
        let time = try clock.measure { _ = try RailsForm.parse(try FormText.pairs(bytes)) }
        // A quadratic reader takes more than ten times as long even here, where nothing is optimised.
        #expect(time < .seconds(3), "\(time)")
    }
}

@Suite("Fields of bodies")
private struct FieldTests {
    private func read<Value>(
        _ text: String,
        _ body: (inout FieldReader) -> Value
    ) throws -> (value: Value, problems: [String]) {
        var reader = FieldReader(try JSONReader.parse(Array(text.utf8)))
        let value = body(&reader)
        return (value, reader.problems)
    }

    @Test(arguments: [
        ("1", "1"), ("\"1\"", "1"), ("-2.50", "-2.5"), ("1e-05", "0.00001"), ("\"1e3\"", "1000"),
        ("0.000000000000000001", "0.000000000000000001"), ("1E+2", "100"),
        ("100e-20", "0.000000000000000001"),
        ("-0", "0"), ("[\"3\"]", "3"),
    ])
    func `amounts are read digit for digit`(_ given: String, _ amount: String) throws {
        let (balances, problems) = try read(#"{"b":[{"currency":"btc","balance":\#(given)}]}"#) {
            $0.balances("b")
        }
        #expect(problems.isEmpty)
        #expect(balances?.first?.balance.description == amount)
    }

    @Test(arguments: [
        ("0.0000000000000000001", "b[0].balance has more than 18 decimals"),
        ("1e-19", "b[0].balance has more than 18 decimals"),
        ("1e20", "b[0].balance is out of range; amounts are below 10^20"),
        ("\"1,5\"", "b[0].balance is not a number"), ("\"\"", "b[0].balance can't be blank"),
        ("\"abc\"", "b[0].balance is not a number"), ("null", "b[0].balance can't be blank"),
        ("true", "b[0].balance is not a number"), ("{}", "b[0].balance is not a number"),
        ("\" 1\"", "b[0].balance is not a number"), ("\"0x10\"", "b[0].balance is not a number"),
        ("\"NaN\"", "b[0].balance is not a number"), ("[1,2]", "b[0].balance is not a number"),
    ])
    func `what is no amount is named`(_ given: String, _ words: String) throws {
        let (_, problems) = try read(#"{"b":[{"currency":"btc","balance":\#(given)}]}"#) { $0.balances("b") }
        #expect(problems == [words])
    }

    @Test func `habits of clients are understood`() throws {
        #expect(try read(#"{"c":["btc"]}"#) { $0.currency("c") }.value == "btc")
        #expect(try read(#"{"c":{"title":"Bitcoin","code":"btc"}}"#) { $0.currency("c") }.value == "btc")
        #expect(try read(#"{"c":"btc"}"#) { $0.currencies("c") }.value == ["btc"])
        #expect(try read(#"{"c":{"1":"usd","0":"btc"}}"#) { $0.currencies("c") }.value == ["btc", "usd"])
        #expect(try read(#"{"c":[""]}"#) { $0.currencies("c") }.value == [])
        #expect(try read(#"{"t":7}"#) { $0.text("t") }.value == "7")
        let indexed = #"{"b":{"0":{"currency":"btc","balance":"1"},"10":{"currency":"ltc","balance":2}}}"#
        #expect(try read(indexed) { $0.balances("b") }.value?.map(\.code) == ["btc", "ltc"])
    }

    @Test func `every field that is wrong is named, up to a limit`() throws {
        let (_, problems) = try read(#"{"title":null,"b":[{},5,{"currency":7,"balance":"x"}]}"#) { reader in
            _ = reader.required("title")
            _ = reader.required("address")
            _ = reader.balances("b")
        }
        #expect(
            problems == [
                "title can't be blank", "address can't be blank", "b[0].currency can't be blank",
                "b[0].balance can't be blank", "b[1] must have a currency and a balance",
                "b[2].currency must be the code of a currency", "b[2].balance is not a number",
            ]
        )
        let many = #"{"b":[\#(Array(repeating: "1", count: 9000).joined(separator: ","))]}"#
        #expect(try read(many) { $0.balances("b") }.problems.count == 20)
    }
}
