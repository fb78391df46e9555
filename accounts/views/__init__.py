"""Pages of accounts: logging in, one's own account, the administrator's desk, the supervisor's ledger."""

from accounts.views.administration import grant, ledger, revoke, switch, user, users
from accounts.views.session import SignIn, home, password, register

__all__ = ["SignIn", "grant", "home", "ledger", "password", "register", "revoke", "switch", "user", "users"]
