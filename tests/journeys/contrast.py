"""Whether words stand out from what is behind them: asked of axe once for every look that words have in a run.

Axe spends four fifths of its time on contrast, page after page on the same heads, menus and tables. What decides is
how the words are drawn and on what; words that look like others already examined would be found as good as those.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Keeps in the page: look → elements with words that have it. What axe would not judge (hidden, disabled, out of the
# page, a single sign) has a look of its own or none.
LOOKS = r"""() => {
    const behind = new Map([[null, '']]);
    const under = (element) => {
        if (behind.has(element)) return behind.get(element);
        const style = getComputedStyle(element), own = [];
        for (const [name, plain] of [['backgroundColor', 'rgba(0, 0, 0, 0)'], ['backgroundImage', 'none'], ['opacity', '1'],
                ['filter', 'none'], ['mixBlendMode', 'normal'], ['clip', 'auto'], ['clipPath', 'none'], ['position', 'static']])
            if (style[name] !== plain) own.push(style[name]);
        const found = under(element.parentElement) + (own.length ? '|' + own.join(' ') : '');
        behind.set(element, found);
        return found;
    };
    const looks = window.looksOfWords = new Map();
    for (const element of document.body.querySelectorAll('*')) {
        const words = element.matches('input, textarea, select') ? element.value || element.placeholder || ''
            : [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join('');
        if (!/[\p{L}\p{N}].*[\p{L}\p{N}]/su.test(words) || !element.checkVisibility()) continue;
        const box = element.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1 || box.right < 0 || box.bottom < 0) continue;
        const style = getComputedStyle(element);
        const off = element.closest('[disabled], [aria-disabled="true"]') || element.closest('label')?.control?.disabled;
        const look = [off ? 'off' : 'on', element.matches('input, textarea, select') ? element.type : '', style.color,
            style.fontSize, style.fontWeight, style.textShadow, under(element)].join(';');
        looks.set(look, [...(looks.get(look) || []), element]);
    }
    return [...looks.keys()];
}"""
EXAMINE = """async (fresh) => (await axe.run(
    {include: fresh.flatMap((look) => window.looksOfWords.get(look))},
    {runOnly: ['color-contrast'], resultTypes: ['violations']},
)).violations"""


def violations(page: Page, known: set[str]) -> list[dict[str, Any]]:
    """What axe says of the contrast of words whose look is not `known` yet; axe must be in the page. They are known then."""
    fresh = [look for look in page.evaluate(LOOKS) if look not in known]
    known.update(fresh)
    return list(page.evaluate(EXAMINE, fresh)) if fresh else []
