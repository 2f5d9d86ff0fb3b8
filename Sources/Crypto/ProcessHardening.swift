import CSodium

/// What keeps the secrets of a running process out of reach of others of the same user, and out of core files.
public enum ProcessHardening {
    /// Allows or forbids core files and debuggers for this process; false when the system refuses.
    public static func setDumpable(_ dumpable: Bool) -> Bool {
        coffer_set_dumpable(dumpable ? 1 : 0) == 0
    }

    /// Whether core files and debuggers are allowed now.
    public static var isDumpable: Bool { coffer_get_dumpable() == 1 }

    /// Sets the greatest size of core files to zero for this process and its children; false when refused.
    public static func forbidCoreFiles() -> Bool {
        coffer_set_core_limit(0) == 0
    }

    /// The greatest size of core files in bytes.
    public static var coreFileLimit: UInt { coffer_get_core_limit() }
}
