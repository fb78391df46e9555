"""The line between a browser and the portal, as bad as a test wants it."""

from __future__ import annotations

from playwright.sync_api import Page, Request, Route

PIECE = 64 * 1024
ONE_UPLOAD = "**/files/uploads/*/"


class Line:
    """The line between browser and server: lets some pieces pass, then holds what comes until told otherwise."""

    def __init__(self, page: Page, passing: int) -> None:
        self.offsets: list[int] = []
        self.held: list[Route] = []
        self.passing = passing
        self.page = page
        page.route(ONE_UPLOAD, self._arrived)

    def _arrived(self, route: Route) -> None:
        request: Request = route.request
        if request.method != "PATCH":
            route.continue_()
            return
        self.offsets.append(int(request.headers["upload-offset"]))
        if len(self.offsets) <= self.passing:
            route.continue_()
        else:
            self.held.append(route)

    def wait_until_held(self) -> None:
        for _ in range(200):
            if self.held:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"nothing was held, sent: {self.offsets}")

    def cut(self) -> None:
        self.page.context.set_offline(True)
        for route in self.held:
            route.abort("internetdisconnected")
        self.held.clear()

    def restore(self) -> None:
        self.offsets.clear()
        self.passing = 1000
        self.page.context.set_offline(False)
