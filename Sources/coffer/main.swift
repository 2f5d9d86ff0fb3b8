import Glibc

// Code here is isolated to the main actor; everything that others call lives in other files.
exit(Program.main(Array(Swift.CommandLine.arguments.dropFirst())))
