import Foundation
import Testing

@Suite("The tree is tidy")
private struct TidyTests {
    private let tree = Tree.project

    private func sources(in rooms: Set<String>? = nil) -> [Tree.SwiftFile] {
        tree.swiftFiles.filter { $0.file.isSource && rooms?.contains($0.file.room) ?? true }
    }

    private func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
        let text = findings.sorted().map(\.text).joined(separator: "\n")
        #expect(findings.isEmpty, "\(text)", sourceLocation: sourceLocation)
    }

    /// Leaves out of the findings those that the list allows for their file; too many in a file leave all of its.
    private func beyond(_ rule: Allowed.Rule, _ findings: [Finding]) -> [Finding] {
        let byPath = Dictionary(grouping: findings, by: \.path)
        return byPath.flatMap { path, found in
            let allowed = Allowed.all.filter { $0.rule == rule && $0.path == path }.map(\.count).reduce(0, +)
            return found.count > allowed ? found : []
        }
    }

    @Test func `the tree was found and read`() {
        #expect(tree.swiftFiles.contains { $0.file.path == "Tests/TidyTests/TidyTests.swift" })
        #expect(tree.files.contains { $0.path == "LICENSE" })
        #expect(sources().count > 10)
    }

    @Test func `nothing is forced`() {
        expectNone(tree.swiftFiles.flatMap(Rules.forced))
    }

    @Test func `no binary floating point where money is`() {
        expectNone(beyond(.binaryFloatingPoint, sources(in: Rooms.exact).flatMap(Rules.inexact)))
    }

    @Test func `no slow or lenient library types in the sources`() {
        expectNone(sources().flatMap(Rules.slow))
    }

    @Test func `what the compiler is told to trust does not grow`() {
        expectNone(beyond(.uncheckedSendable, tree.swiftFiles.flatMap(Rules.uncheckedSendable)))
        expectNone(beyond(.nonisolatedUnsafe, tree.swiftFiles.flatMap(Rules.nonisolatedUnsafe)))
        expectNone(beyond(.preconcurrency, tree.swiftFiles.flatMap(Rules.preconcurrency)))
    }

    @Test func `only the programs print`() {
        let others = tree.swiftFiles.filter {
            !Rooms.programs.contains($0.file.room) && $0.file.path != "Package.swift"
        }
        expectNone(beyond(.print, others.flatMap(Rules.prints)))
    }

    @Test func `arrows point downwards and pure rooms stay pure`() {
        expectNone(tree.swiftFiles.flatMap(Rules.imports))
    }

    @Test func `nothing is left for later`() {
        let files = tree.files.filter(\.isSource)
        expectNone(
            files.flatMap { TextRules.lines(of: $0, with: TextRules.notes, message: "do it or drop it") }
        )
        expectNone(sources().flatMap(Rules.fatal))
    }

    @Test func `no file names a folder of somebody's machine`() {
        expectNone(
            tree.files.flatMap {
                TextRules.lines(of: $0, with: TextRules.machinePaths, message: "a machine's path")
            }
        )
    }

    @Test func `every Markdown file has one top heading and links that lead somewhere`() {
        let root = tree.root
        expectNone(
            tree.files.filter { $0.path.hasSuffix(".md") }.flatMap { file in
                TextRules.markdown(file) {
                    FileManager.default.fileExists(atPath: root.appendingPathComponent($0).path)
                }
            }
        )
    }

    @Test func `every exception has a reason and its file`() {
        let paths = Set(tree.files.map(\.path))
        for allowed in Allowed.all {
            #expect(allowed.reason.count > 10, "\(allowed.path)")
            #expect(paths.contains(allowed.path), "\(allowed.path) is gone: delete its exception")
        }
    }

    @Test func `the longest files and functions are shown`() {
        let files = tree.swiftFiles.map { (path: $0.file.path, count: $0.code.count { $0 == 0x0A }) }
        let functions = sources().flatMap { file in
            Lengths.functions(of: file).map {
                (path: "\(file.file.path):\($0.line) \($0.name)", count: $0.count)
            }
        }
        var report = "longest files and functions (advice: 400 and 60 lines)"
        for entry in files.sorted(by: { $0.count > $1.count }).prefix(5) {
            report += "\n  \(entry.count)  \(entry.path)"
        }
        for entry in functions.sorted(by: { $0.count > $1.count }).prefix(5) {
            report += "\n  \(entry.count)  \(entry.path)"
        }
        print(report)
        #expect(!functions.isEmpty)
    }
}
