/// The nodes of a GraphQL document, as the parser makes them.
///
/// Every node is a value and knows the byte at which it begins in the source, so that an error can name its place
/// without the nodes carrying lines and columns. Where a node begins with another one (a field with its alias), it
/// asks that one.
public enum AST {}

extension AST {
    /// A word of the source: the name of anything.
    public struct Name: Sendable {
        /// The word.
        public let text: String
        /// The byte at which it begins.
        public let offset: Int

        /// A name at its place.
        public init(_ text: String, at offset: Int) {
            self.text = text
            self.offset = offset
        }
    }
}
