public import JSON
public import Services
import Time

/// How users, clients and quotas look to operators: on their listener and on the command line alike.
public enum OperatorsBodies {
    /// A user.
    public static func render(_ user: UserInfo, to json: inout JSONWriter) {
        json.beginObject()
        json.key("user_id")
        json.string(user.uuid)
        json.key("name")
        json.string(user.name)
        json.key("email")
        json.string(orNull: user.email)
        json.key("role")
        json.string(user.role)
        json.key("created")
        json.string(user.created.description)
        json.key("has_password")
        json.bool(user.hasPassword)
        json.endObject()
    }

    /// A client, with its owner where that is known; its secret only where it was just made.
    public static func render(
        _ client: OAuthClientInfo,
        owner: UserInfo?,
        secret: String? = nil,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("client_id")
        json.string(client.publicID)
        if let secret {
            json.key("client_secret")
            json.string(secret)
        }
        json.key("name")
        json.string(client.name)
        json.key("user_id")
        json.string(orNull: owner?.uuid)
        json.array("redirect_uris", client.redirects) { json, uri in json.string(uri) }
        json.array("scopes", client.scopes) { json, scope in json.string(scope.rawValue) }
        json.key("is_confidential")
        json.bool(client.isConfidential)
        json.key("is_first_party")
        json.bool(client.isFirstParty)
        json.key("created")
        json.string(client.created.description)
        json.key("updated")
        json.string(client.updated.description)
        json.endObject()
    }

    /// A quota with who has it.
    public static func render(_ quota: QuotaInfo, to json: inout JSONWriter) {
        json.beginObject()
        json.key("user_id")
        json.string(orNull: quota.user?.uuid)
        json.key("client_id")
        json.string(orNull: quota.client?.publicID)
        json.key("name")
        json.string(quota.user?.name ?? quota.client?.name ?? "")
        json.key("requests_per_second")
        json.integer(quota.requestsPerSecond)
        json.key("burst")
        json.integer(quota.burst)
        json.endObject()
    }

    /// A body with one value.
    static func body(_ render: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        render(&json)
        return json.finish()
    }

    /// A body with a list under a name.
    static func list<Value>(
        _ name: StaticString,
        _ values: [Value],
        _ render: (Value, inout JSONWriter) -> Void
    ) -> [UInt8] {
        body { json in
            json.beginObject()
            json.array(name, values) { json, value in render(value, &json) }
            json.endObject()
        }
    }
}
