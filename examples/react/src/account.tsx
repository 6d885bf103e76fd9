import Session, { useSessionContext } from "supertokens-auth-react/recipe/session";

/** A page of the client's: SessionAuth around it lets in who is signed in. */
export function Account() {
  const session = useSessionContext();
  if (session.loading) return null;

  async function signOut() {
    await Session.signOut();
    location.assign("/auth");
  }

  return (
    <main>
      <h1>Account</h1>
      <dl>
        <dt>Your user id</dt>
        <dd>{session.userId}</dd>
      </dl>
      <p>
        <a href="/dashboard">The dashboard, rendered by the server</a>
      </p>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </main>
  );
}
