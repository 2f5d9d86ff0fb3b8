import Foundation

/// The files of the project, read once.
struct Tree: Sendable {
    /// One text file.
    struct File: Sendable {
        /// The path from the project's folder.
        let path: String
        let bytes: [UInt8]

        /// The room that a path belongs to: the folder under Sources or Tests; empty outside.
        var room: String {
            let parts = path.split(separator: "/")
            return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : ""
        }

        var isSource: Bool { path.hasPrefix("Sources/") }
    }

    /// One Swift file with its code taken apart.
    struct SwiftFile: Sendable {
        let file: File
        let code: [UInt8]
        let words: [Word]
        /// The names of the modules that it imports.
        let imports: [(module: String, line: Int)]

        typealias Word = CodeText.Word

        private static let importKinds: Set<String> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor",
        ]

        init(_ file: File) {
            self.file = file
            let text = CodeText(file.bytes)
            code = text.bytes
            words = text.words()
            var imports: [(module: String, line: Int)] = []
            for (index, word) in words.enumerated() where word.text == "import" {
                // `import struct Module.Type` names the kind first.
                let name = words[(index + 1)...].first { !Self.importKinds.contains($0.text) }
                if let name { imports.append((name.text, word.line)) }
            }
            self.imports = imports
        }
    }

    /// The project's folder.
    let root: URL
    let files: [File]
    let swiftFiles: [SwiftFile]

    /// The tree that this test belongs to, wherever the tests are started from.
    static let project = Tree(
        root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    )

    private static let skippedNames: Set<String> = [
        ".build", ".git", ".venv", ".fuzz", "data", "bench-results",
    ]
    private static let textEndings: Set<String> = [
        "swift", "c", "h", "md", "sh", "py", "sql", "txt", "modulemap", "conf",
    ]
    private static let fileBytesMax = 1 << 20

    init(root: URL) {
        self.root = root
        var found: [File] = []
        Self.walk(root, prefix: "", depth: 0, into: &found)
        files = found.sorted { $0.path < $1.path }
        swiftFiles = files.filter { $0.path.hasSuffix(".swift") }.map(SwiftFile.init)
    }

    /// Files and folders that cannot be read are passed over: they are no part of what is checked in.
    private static func walk(_ folder: URL, prefix: String, depth: Int, into found: inout [File]) {
        guard depth < 12, let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            return
        }
        for name in names {
            let url = folder.appendingPathComponent(name)
            guard !skippedNames.contains(name) || depth > 0 else { continue }
            guard let values = try? url.resourceValues(forKeys: [.isDirectoryKey]) else { continue }
            if values.isDirectory == true {
                walk(url, prefix: prefix + name + "/", depth: depth + 1, into: &found)
            } else if textEndings.contains(url.pathExtension) || url.pathExtension.isEmpty {
                guard let data = FileManager.default.contents(atPath: url.path), data.count <= fileBytesMax
                else { continue }
                found.append(File(path: prefix + name, bytes: Array(data)))
            }
        }
    }
}
