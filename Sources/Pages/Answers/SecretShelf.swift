import Crypto
import Services
import Synchronization
import Time

/// Secrets that were just made and wait to be shown once.
///
/// The answer to a form leads to a page by 303, so that a reload makes nothing twice; this is what lies in between. A secret
/// is given to the session that made it alone, once, for a few minutes, and is never stored.
final class SecretShelf: Sendable {
    /// A secret with what it is called.
    struct Item: Sendable {
        let label: String
        let secret: Secret
    }

    private struct Entry: Sendable {
        let session: Int64
        let user: UserID
        let until: Timestamp
        let items: [Item]
    }

    private let entries = Mutex<[(ticket: String, entry: Entry)]>([])
    private static let ticketBytes = 16

    /// Lays secrets down; the ticket that they are given out for.
    func put(_ items: [Item], for session: PageSession, at time: Timestamp) -> String {
        let ticket = Base64URL.encode(SecureRandom.bytes(Self.ticketBytes))
        let entry = Entry(
            session: session.number,
            user: session.user,
            until: time.advanced(bySeconds: PageLimits.waitingSecretSeconds),
            items: items
        )
        entries.withLock { entries in
            entries.removeAll { $0.entry.until <= time }
            // Who makes many takes the place of their own first, so that nobody pushes others' away.
            if entries.count(where: { $0.entry.user == entry.user }) >= PageLimits.waitingSecretsPerUser,
                let first = entries.firstIndex(where: { $0.entry.user == entry.user })
            {
                entries.remove(at: first)
            }
            if entries.count >= PageLimits.waitingSecretsMax { entries.removeFirst() }
            entries.append((ticket, entry))
        }
        return ticket
    }

    /// Gives the secrets of a ticket out, once; nil when there are none for this session.
    func take(_ ticket: String, for session: PageSession, at time: Timestamp) -> [Item]? {
        entries.withLock { entries in
            let place = entries.firstIndex {
                $0.ticket == ticket && $0.entry.session == session.number && $0.entry.until > time
            }
            guard let place else { return nil }
            return entries.remove(at: place).entry.items
        }
    }
}
