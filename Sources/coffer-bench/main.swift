import Glibc

exit(Bench.main(Array(Swift.CommandLine.arguments.dropFirst())))
