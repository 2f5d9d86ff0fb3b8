import Glibc

/// The folder where request bodies too large for memory are kept while their request lives.
enum UploadFolder {
    /// Makes the folder for its owner alone, and removes what a killed server may have left in it.
    ///
    /// - Throws: `UploadFolderError` with the system's reason when it cannot be made or read.
    static func prepare(_ path: String) throws {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("making", path) }
        guard unsafe chmod(path, 0o700) == 0 else { throw failure("closing to others", path) }
        guard let folder = unsafe opendir(path) else { throw failure("reading", path) }
        defer { unsafe closedir(folder) }
        while let item = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    unsafe String(cString: $0)
                }
            }
            guard name != ".", name != ".." else { continue }
            // Something that is no file stays: the server only ever makes files here.
            _ = unsafe unlink(path + "/" + name)
        }
    }

    private static func failure(_ operation: String, _ path: String) -> UploadFolderError {
        UploadFolderError(operation: operation, path: path, number: errno)
    }
}

/// Why the folder for uploads cannot be used.
struct UploadFolderError: Error, CustomStringConvertible {
    let operation: String
    let path: String
    let number: Int32

    var description: String {
        "\(operation) \(path): \(unsafe String(cString: strerror(number))); check owner and rights of the data folder"
    }
}
