import JSON
import Services
import Time

/// The bodies of good answers, fields in the order in which the RFCs and Doorkeeper have them.
enum OAuthBodies {
    static func tokens(_ tokens: OAuthTokens) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("access_token")
        json.string(tokens.accessToken)
        json.key("token_type")
        json.string("bearer")
        json.key("expires_in")
        json.integer(tokens.lifetimeSeconds)
        if let refresh = tokens.refreshToken {
            json.key("refresh_token")
            json.string(refresh)
        }
        json.key("scope")
        json.string(TokenScope.text(of: tokens.scopes))
        json.key("created_at")
        json.integer(tokens.created.seconds)
        json.endObject()
        return json.finish()
    }

    static func introspection(_ state: OAuthTokenState?, issuer: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("active")
        json.bool(state != nil)
        if let state {
            json.key("scope")
            json.string(TokenScope.text(of: state.scopes))
            json.key("client_id")
            json.string(state.clientID)
            json.key("username")
            json.string(state.userName)
            if state.isAccess {
                json.key("token_type")
                json.string("bearer")
            }
            json.key("exp")
            json.integer(state.expires.seconds)
            json.key("iat")
            json.integer(state.created.seconds)
            json.key("sub")
            json.string(state.uuid)
            json.key("iss")
            json.string(issuer)
        }
        json.endObject()
        return json.finish()
    }

    static func tokenInfo(_ state: OAuthTokenState, at time: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("resource_owner_id")
        json.integer(state.userNumber)
        json.array("scope", state.scopes) { json, scope in json.string(scope.rawValue) }
        json.key("expires_in")
        json.integer(max(0, state.expires.seconds - time.seconds))
        json.key("application")
        json.beginObject()
        json.key("uid")
        json.string(state.clientID)
        json.endObject()
        json.key("created_at")
        json.integer(state.created.seconds)
        json.endObject()
        return json.finish()
    }

    /// What the server can do (RFC 8414 section 2), by the issuer as it is configured and never by a request's host.
    static func metadata(issuer: String) -> [UInt8] {
        let secretMethods = ["client_secret_basic", "client_secret_post"]
        let lists: [(StaticString, [String])] = [
            ("scopes_supported", TokenScope.cryptfolio.map(\.rawValue)),
            ("response_types_supported", ["code"]),
            ("response_modes_supported", ["query"]), ("grant_types_supported", OAuthServer.grants),
            ("token_endpoint_auth_methods_supported", secretMethods + ["none"]),
            ("revocation_endpoint_auth_methods_supported", secretMethods + ["none"]),
            ("introspection_endpoint_auth_methods_supported", secretMethods),
            ("code_challenge_methods_supported", ["S256"]),
        ]
        var json = JSONWriter()
        json.beginObject()
        json.key("issuer")
        json.string(issuer)
        for (name, path) in [
            ("authorization_endpoint", OAuthServer.authorizePath), ("token_endpoint", OAuthServer.tokenPath),
            ("revocation_endpoint", OAuthServer.revokePath),
            ("introspection_endpoint", OAuthServer.introspectPath),
        ] as [(StaticString, String)] {
            json.key(name)
            json.string(issuer + path)
        }
        for (name, values) in lists {
            json.key(name)
            json.beginArray()
            for value in values { json.string(value) }
            json.endArray()
        }
        json.key("authorization_response_iss_parameter_supported")
        json.bool(true)
        json.endObject()
        return json.finish()
    }
}
