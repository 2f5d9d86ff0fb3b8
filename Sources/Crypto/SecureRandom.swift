import CSodium
import Synchronization

/// Random bytes of the system's generator.
///
/// Small requests are cut from a block that is drawn at once, since a draw costs a system call. Handed-out bytes
/// are wiped from the block. May be called from any thread.
public enum SecureRandom {
    private static let blockSize = 4096
    private static let pool = Mutex(Pool())

    private struct Pool: Sendable {
        var block = [UInt8](repeating: 0, count: SecureRandom.blockSize)
        var used = SecureRandom.blockSize
    }

    /// That many random bytes; a negative count stops the program.
    public static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "a count of random bytes is not negative")
        Crypto.start()
        guard count > 0 else { return [] }
        guard count <= blockSize / 4 else { return draw(count) }
        return pool.withLock { pool in
            if pool.used + count > blockSize {
                pool.block = draw(blockSize)
                pool.used = 0
            }
            let taken = Array(pool.block[pool.used..<pool.used + count])
            for place in pool.used..<pool.used + count { pool.block[place] = 0 }
            pool.used += count
            return taken
        }
    }

    /// A random number below a bound, every one equally likely; a bound of zero stops the program.
    public static func number(below bound: UInt32) -> UInt32 {
        precondition(bound > 0, "a bound for random numbers is above zero")
        Crypto.start()
        return randombytes_uniform(bound)
    }

    /// A random identity in the text form of a version 4 UUID, lower case.
    public static func uuid() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (place, byte) in bytes.enumerated() {
            if place == 4 || place == 6 || place == 8 || place == 10 { text.append(UInt8(ascii: "-")) }
            Hex.append(byte, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func draw(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
            initialized = count
        }
    }
}
