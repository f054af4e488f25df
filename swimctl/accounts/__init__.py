"""Who may use swimctl: users and tokens, their passwords, and slowing down who guesses."""
