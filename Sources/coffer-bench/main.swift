import Glibc
import Ledger
import Money

let entries = Generated.entries(1_000_000)
print(
    "build",
    best(of: 3) { () -> Int in
        var b = BookBuilder(); for e in entries { b.append(e) }; return b.finish().count
    } / 1000,
    "us"
)
let book = Book(entries: entries)
func residentKiB() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    var line = [CChar](repeating: 0, count: 128)
    unsafe fgets(&line, 128, file)
    unsafe fclose(file)
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4
}
print("rss", residentKiB())
var sum: Int128 = 0
print("walk", best(of: 3) { book.forEachRow { sum &+= $0.incoming?.amount.raw ?? 0 } } / 1000, "us")
var one = Generated.entries(1_000_001)[1_000_000]
print("append", best(of: 20) { book.appending([one]).count } / 1000, "us")
print("balances at", best(of: 5) { book.balances(at: book.entry(at: 500_700).time).count } / 1000, "us", sum)
