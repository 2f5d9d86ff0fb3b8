/// How long the functions of a file are; advice, never a failure.
enum Lengths {
    /// The functions and initializers with a body: name, first line, number of lines.
    static func functions(of file: Tree.SwiftFile) -> [(name: String, line: Int, count: Int)] {
        var found: [(name: String, line: Int, count: Int)] = []
        for (index, word) in file.words.enumerated() {
            let isInit = word.text == "init" && word.before != UInt8(ascii: ".")
            guard word.text == "func" || isInit, let end = bodyEnd(in: file.code, from: word.start) else {
                continue
            }
            let count = 1 + file.code[word.start..<end].count { $0 == 0x0A }
            let name = isInit || index + 1 >= file.words.count ? "init" : file.words[index + 1].text
            found.append((name, word.line, count))
        }
        return found
    }

    /// The position of the brace that closes the body, or nil where there is no body.
    private static func bodyEnd(in code: [UInt8], from start: Int) -> Int? {
        var braces = 0
        var parentheses = 0
        for position in start..<code.count {
            switch code[position] {
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"):
                parentheses -= 1
                if parentheses < 0 { return nil }
            case UInt8(ascii: "{") where parentheses == 0: braces += 1
            case UInt8(ascii: "}") where parentheses == 0:
                braces -= 1
                if braces == 0 { return position }
                if braces < 0 { return nil }
            default: break
            }
        }
        return nil
    }
}
