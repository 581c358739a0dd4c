"""Work in a browser by keyboard alone: Tab to a control, see its focus ring, type, press Enter or Space.

`jobs.py` lists the jobs that are done so. A pointer that is used in such a test fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

MOST_TABS = 300
POINTER = "A pointer was used"
WATCH = f"""(() => {{
    if (window.isPointerWatched) return;
    window.isPointerWatched = true;
    addEventListener("pointerdown", (event) => {{
        if (event.isTrusted) console.error("{POINTER}: " + event.target.outerHTML.slice(0, 200));
    }}, true);
}})()"""
# How a control and its label look. A ring may be an outline, a shadow, a border or a background.
LOOK = """element => [element, ...(element.labels ?? [])].map((each) => {
    const style = getComputedStyle(each);
    return [style.boxShadow, style.borderColor, style.backgroundColor, style.textDecorationLine].join();
}).join()"""
# Transitions take a moment, so the look is read again until it differs or five seconds have passed.
RING = """async (element, before) => {
    const look = LOOK;
    const isOutlined = () => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
            && !/^rgba\\(.*, 0\\)$/.test(style.outlineColor);
    };
    const isSeen = () => {
        const box = element.getBoundingClientRect();
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        if (right <= left || bottom <= top) return false;
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const part = element.getClientRects().length > 1 ? element.getClientRects()[0] : null;
        const above = part ? document.elementFromPoint(part.left + part.width / 2, part.top + part.height / 2)
            : document.elementFromPoint(x, y);
        return [element, ...(element.labels ?? [])].some((each) => each.contains(above) || above?.contains(each));
    };
    const end = performance.now() + 5000;
    let [hasRing, isInSight] = [false, false];
    while (performance.now() < end) {
        hasRing = isOutlined() || look(element) !== before;
        isInSight = isSeen();
        if (hasRing && isInSight) return "";
        await new Promise(requestAnimationFrame);
    }
    return hasRing ? "is focused but hidden" : "has no visible focus ring";
}""".replace("LOOK", LOOK)
WHERE = """element => {
    const active = document.activeElement;
    if (active === element) return "here";
    if (active.type === "radio" && element.type === "radio"
        && active.name === element.name && active.form === element.form) return "group";
    if (active === document.body || !active) return element.closest("main, #content") ? "outside" : "before";
    return active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING
        && !element.contains(active) ? "behind" : "before";
}"""
ACTIVE = "() => document.activeElement?.outerHTML.slice(0, 160) ?? ''"
# How often in a row Tab left the focus on one control. A date with a time has up to eight stops of its own.
STAYED = """() => {
    const active = document.activeElement;
    const isSame = active && active !== document.body && active === window.lastActive;
    window.timesStayed = isSame ? window.timesStayed + 1 : 0;
    window.lastActive = active;
    return window.timesStayed;
}"""
MOST_STOPS = 10
SELECTED = "select => select.selectedIndex"
VALUES = "select => [...select.options].map((option) => option.value)"


@dataclass
class Keyboard:
    """A person at a keyboard. Each method first brings the focus to the control by Tab or Shift+Tab."""

    page: Page
    pointed: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note each use of a pointer, on this page and on those that follow, and take the place of file dialogs.

        Dialogs are waited for from now on: a listener that is added at the key press may come too late.
        """
        self.page.on("filechooser", lambda chooser: None)
        self.page.on("console", lambda message: self.pointed.append(message.text) if POINTER in message.text else None)
        self.page.add_init_script(WATCH)
        self.page.evaluate(WATCH)

    def reach(self, target: Locator) -> None:
        """Tab to the control; past the menu by the skip link, as a person would."""
        target.wait_for()
        before, is_past_menu = target.evaluate(LOOK), False
        for _ in range(MOST_TABS):
            where = target.evaluate(WHERE)
            if where in {"here", "group"}:
                break
            self.page.keyboard.press("Shift+Tab" if where == "behind" else "Tab")
            if where == "outside" and not is_past_menu:
                is_past_menu = self.skip_menu()
            assert self.page.evaluate(STAYED) < MOST_STOPS, f"the focus does not leave {self.page.evaluate(ACTIVE)}"
        else:
            raise AssertionError(f"{target} is not reached by Tab; the focus is on {self.page.evaluate(ACTIVE)}")
        if where == "here":
            fault = target.evaluate(RING, before)
            assert not fault, f"{target} {fault}"

    def skip_menu(self) -> bool:
        """Press Enter where the focus is on the skip link."""
        link = self.page.locator("a:focus", has_text="Skip to")
        if not link.count():
            return False
        link.press("Enter")
        return True

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.reach(target)
        target.press(key)  # waits for the page that follows, which the page's keyboard does not

    def fill(self, target: Locator, text: str) -> None:
        """Replace the text of a field. A date is typed as its field wants it: month, day, year."""
        self.reach(target)
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
            return
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, target: Locator, value: str) -> None:
        """Select an option by arrow keys: what is typed into a list counts as one word for a second only."""
        self.reach(target)
        wanted = target.evaluate(VALUES).index(value)
        while (selected := target.evaluate(SELECTED)) != wanted:
            self.page.keyboard.press("ArrowDown" if selected < wanted else "ArrowUp")
            assert target.evaluate(SELECTED) != selected, f"{target} does not change by arrow keys"

    def check(self, target: Locator) -> None:
        """Tick a checkbox, or choose a radio button of its group by arrow keys."""
        self.reach(target)
        for _ in range(MOST_TABS):
            if target.evaluate(WHERE) == "here":
                break
            self.page.keyboard.press("ArrowDown")
        if not target.is_checked():
            self.page.keyboard.press("Space")
        assert target.is_checked(), f"{target} is not ticked by Space"

    def attach(self, target: Locator, file: Path | dict[str, Any]) -> None:
        """Choose a file in the dialog that Enter opens."""
        self.reach(target)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)  # type: ignore[arg-type]


@contextmanager
def by_keyboard(page: Page) -> Iterator[Keyboard]:
    """Give a keyboard, and fail at the end if a pointer was used."""
    keyboard = Keyboard(page)
    keyboard.watch()
    yield keyboard
    assert keyboard.pointed == []
