"""How people sign in to the portal: invitations, passwords with one-time codes, passkeys, sessions."""
