/// A type by its name, in lists and with `!`, as long as there is no schema yet.
internal indirect enum TypeShape: Sendable {
    case named(String)
    case list(TypeShape)
    case nonNull(TypeShape)

    /// The reference within a schema that is put together.
    func reference(in assembly: inout SchemaAssembly) -> TypeReference {
        switch self {
        case .named(let name): return TypeReference(assembly.id(for: name))
        case .nonNull(let inner): return inner.reference(in: &assembly).nonNull
        case .list(let inner):
            guard let list = inner.reference(in: &assembly).list else {
                preconditionFailure("a type has at most \(TypeReference.listDepthMax) lists")
            }
            return list
        }
    }
}
