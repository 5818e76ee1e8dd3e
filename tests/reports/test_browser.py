"""The page in a real browser: it sorts, searches, opens, prints, and everybody can use it."""

from __future__ import annotations

import pytest

from benchmarks.reports import made_audit, many_sources
from corpus_audit.reports.gather import gather
from corpus_audit.reports.html import render_html

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1360, "height": 900}


@pytest.fixture
def opened(browser, tmp_path, request):
    """`opened(audit, language, viewport=..., scheme=...)`: a page that loads nothing but itself."""
    contexts = []

    def open_page(audit: str, language: str = "en", viewport=DESKTOP, scheme="light"):
        file = tmp_path / "report.html"
        file.write_text(render_html(gather(audit), language), "utf-8")
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
        page.on("request", lambda each: faults.append(each.url) if each.url != url else None)
        url = file.as_uri()
        page.goto(url)
        page.faults = faults
        return page

    yield open_page
    for context in contexts:
        context.close()


def names(page) -> list[str]:
    return page.locator("#source-rows .open").all_inner_texts()


def test_sources_are_sorted_searched_and_filtered(opened, scanned):
    page = opened(scanned)
    assert len(names(page)) == 25 and "60 of 60" in page.inner_text("#count")
    page.click("th[data-sort='1'] button")
    column = page.locator("#source-rows tr td:nth-child(2)").all_inner_texts()
    counts = [int(text.replace(",", "")) for text in column]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    assert page.get_attribute("th[data-sort='1']", "aria-sort") == "descending"
    page.click("th[data-sort='1'] button")
    assert page.get_attribute("th[data-sort='1']", "aria-sort") == "ascending"
    page.locator("#sources .pager button").nth(1).click()
    assert "Page 2 of 3" in page.inner_text("#sources .pager")
    page.fill("#search", "SITE-00007")
    assert len(names(page)) == 1 and "00007" in names(page)[0]
    assert page.locator("#heat-rows tr").count() == 1  # the heat map follows
    page.fill("#search", "")
    page.select_option("#outcome", label="over")
    assert set(page.locator("#source-rows .pill").all_inner_texts()) == {"over"}
    page.fill("#search", "nothing is called so")
    assert "No source fits." in page.inner_text("#source-rows")
    assert page.faults == []


def test_a_source_opens_down_to_its_excerpts_by_keyboard_too(opened, sample):
    page = opened(sample)
    page.focus("[data-source='0']")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-source='0']", "aria-expanded") == "true"
    detail = page.locator("#detail-0")
    every = detail.locator("figure").count()
    assert every > 3 and detail.locator("mark").count() == every
    assert "--source market-board" in detail.inner_text()
    detail.get_by_role("button", name="A.1.f").click()
    assert 0 < detail.locator("figure").count() < every
    assert page.get_attribute("[data-source='0']", "aria-expanded") == "true"
    # focus stays where the reader was
    assert page.evaluate("document.activeElement.closest('#detail-0 .chips') !== null")
    page.click("[data-source='0']")
    assert page.locator("#detail-0").count() == 0
    page.click("[data-heat][data-of='3']")
    assert page.locator("#detail-3 figure").count() >= 1
    assert page.faults == []


def test_links_to_clauses_open_them(opened, sample):
    page = opened(sample)
    link = page.locator(".steps a").first
    target = link.get_attribute("href")
    assert not page.locator(target).evaluate("each => each.open")
    link.click()
    page.wait_for_function(f"document.querySelector('{target}').open")


def test_hostile_text_is_only_text(opened, hostile):
    page = opened(hostile)
    for button in page.locator("#source-rows .open").all():
        button.click()
    assert page.locator("img, svg, iframe").count() == 0
    assert "<script>alert(1)</script>" in page.inner_text("#source-rows")
    assert "{{ 7 * 7 }}" in page.inner_text("#source-rows")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.faults == []


def test_on_paper_all_clauses_are_open_and_all_sources_there(opened, scanned, sample):
    page = opened(scanned)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 60
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 25
    page = opened(sample)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.clause:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.clause[open]").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "viewport"), [("en", DESKTOP), ("zh", PHONE)])
def test_axe_finds_no_serious_fault_and_nothing_is_wider_than_the_screen(
    opened, axe, sample, language, viewport, scheme
):
    page = opened(sample, language, viewport, scheme)
    page.click("[data-source='0']")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    faults = [
        (each["id"], each["nodes"][0]["html"][:120], each["nodes"][0]["failureSummary"][:300])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert faults == []


@pytest.mark.parametrize(("count", "largest"), [(200, 3_000_000), (5000, 10_000_000)])
def test_a_page_of_many_sources_stays_small_and_quick_to_sort(opened, tmp_path, count, largest):
    audit = made_audit(tmp_path / "audit", *many_sources(count))
    page = opened(audit)
    assert (tmp_path / "report.html").stat().st_size < largest
    took = page.evaluate(
        """() => { const start = performance.now();
                   document.querySelector("th[data-sort='0'] button").click();
                   return performance.now() - start; }"""
    )
    assert took < 3000 and len(names(page)) == 25
    assert page.faults == []
