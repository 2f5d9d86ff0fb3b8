import Foundation

/// Files of the source tree that tests read: vectors, golden files, samples.
public enum SourceFile {
    /// The lines of a text file, without empty ones.
    ///
    /// - Throws: when the file cannot be read.
    public static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
