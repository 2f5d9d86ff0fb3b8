/// Checks the rules that every schema keeps.
internal enum SchemaChecker {
    /// What is wrong, one sentence each.
    static func check(_ schema: Schema) -> [String] {
        schema.query == nil ? ["Query root type must be provided."] : []
    }
}
