import GraphQL

/// The driver of the compiler's own fuzzer, which is linked in by its sanitizer.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Documents by the fuzzer that looks at which code a text reaches.
///
/// What is read is written and read again as the same, and is measured, judged and carried out without end of the
/// program.
@main
private struct FuzzGraphQL {
    private static let schema: Schema? = try? SchemaReader.read(
        Source(
            """
            type Query { a(b: Int, c: [I!], d: E = X): Query e: [Query!]! u: U n: N }
            input I { f: Boolean! g: I h: [[Float]] = [[1]] } enum E { X Y }
            interface N { a: String } type T implements N { a: String i: ID } union U = Query | T
            """
        )
    )

    static func main() {
        var count = CommandLine.argc
        var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        // The driver takes the words of the command line as they are, and calls back for each text.
        _ = unsafe runDriver(&count, &words) { bytes, count in
            let text = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
            FuzzGraphQL.attempt(text)
            FuzzSchema.attempt(text)
            return 0
        }
    }

    private static func attempt(_ bytes: [UInt8]) {
        guard let schema, let document = try? Parser.parse(Source(bytes)) else { return }
        let text = Printer.print(document)
        // A query without name behind a type without fields is written, as the reference does, as if it were its fields.
        if document.definitions.count(where: isExecutable) % document.definitions.count == 0 {
            guard let again = try? Parser.parse(Source(text)) else {
                preconditionFailure("what was written cannot be read")
            }
            precondition(Printer.print(again) == text, "what was written is read as something else")
        }
        let limits = DocumentLimits.standard
        precondition(DocumentSize(document).errors(limits: limits).count <= limits.errors)
        precondition(Validator.validate(document, schema: schema).count <= limits.errors)
    }

    private static func isExecutable(_ definition: AST.Definition) -> Bool {
        switch definition {
        case .operation, .fragment: true
        default: false
        }
    }
}
