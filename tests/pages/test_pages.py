"""What people see: every kind of page, on large and small screens, in both languages, light and dark."""

import re

import pytest
from PIL import Image

PAGES = {
    "home": "",
    "services": "/services",
    "search": "/services?q=удостоверение",
    "nothing": "/services?q=ракета",
    "service": "/services/000695388/2835",
    "short-service": "/services/000696327/2001",
    "hostile-service": "/services/000695114/666",
    "old-version": "/services/000695388/2835/versions/1",
    "versions": "/services/000695388/2835/versions",
    "providers": "/services/2001",
    "administrations": "/administrations",
    "administration": "/administrations/000696327",
    "gone": "/services/000695388/900",
    "missing": "/nowhere",
}
STATUS = {"gone": 410, "missing": 404}
SITE_PAGES = {"site-home": "", "site-service": "/services/000696327/2000", "site-search": "/services?q=разрешение"}
# The narrowest is that of "reflow" (WCAG 2.2, 1.4.10).
WIDTHS = {"desktop": 1280, "mobile": 375, "narrow": 320}
LANGUAGES = ["bg", "en"]


def read(browser, address, width=1280, scheme="light", scripts=True, **more):
    """An opened page, and what the browser complained about while it was opened."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce", **more
    )
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    answer = page.goto(address)
    page.status = answer.status
    return page, complaints


# Every page in each of these: both languages, both schemes, a large and a small screen; some on the narrowest one too.
VIEWS = [("bg", "desktop", "light"), ("en", "mobile", "dark")]
NARROW = ("bg", "narrow", "light")
EVERYTHING = [
    pytest.param(name, *view, id="-".join((name, *view)))
    for name in (*PAGES, *SITE_PAGES)
    for view in (*VIEWS, *([NARROW] if name in ("home", "service", "search") else []))
]


def address_of(name, language, base, site):
    return f"{site}/{language}{SITE_PAGES[name]}" if name in SITE_PAGES else f"{base}/{language}{PAGES[name]}"


@pytest.mark.parametrize("name, language, screen, scheme", EVERYTHING)
def test_a_page_looks_as_it_should(name, language, screen, scheme, browser, base, site, shots):
    width = WIDTHS[screen]
    page, complaints = read(browser, address_of(name, language, base, site), width, scheme)
    expected = STATUS.get(name, 200)
    assert page.status == expected
    # A browser complains of every 404 and 410.
    assert [text for text in complaints if str(expected) not in text or expected == 200] == []
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the screen"
    heading = page.locator("h1")
    assert heading.count() == 1 and heading.is_visible() and heading.inner_text().strip()
    box = heading.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] < 900, "the heading is on the first screen"
    own = address_of(name, language, base, site).split("/" + language)[0]
    assert all(url.startswith(own + "/") for url in page.asked), "nothing is loaded from elsewhere"
    assert page.context.cookies() == []
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", background)[:3])) > 382
    assert light == (scheme == "light")
    file = shots / f"{name}-{language}-{screen}-{scheme}.png"
    page.screenshot(path=file, full_page=True)
    page.context.close()
    with Image.open(file) as picture:
        assert picture.width == width and picture.height >= 900
        colours = picture.convert("RGB").crop((0, 0, width, min(picture.height, 2000))).getcolors(maxcolors=1 << 24)
        assert len(colours) > 50, "there is something to see"
        assert max(count for count, _ in colours) < 0.97 * width * min(picture.height, 2000), "it is not one surface"


@pytest.mark.parametrize("name", [*PAGES, *SITE_PAGES])
def test_axe_finds_nothing(name, browser, base, site, axe):
    for language, width, scheme in (("bg", 1280, "light"), ("en", 375, "dark"), ("bg", 375, "dark")):
        page, _ = read(browser, address_of(name, language, base, site), width, scheme)
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations', 'incomplete'] })")
        found = [f"{rule['id']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]]
        assert found == []
        assert len(result["passes"]) > 15, "the rules were applied"
        page.context.close()


def test_everything_works_without_scripts(browser, base):
    page, complaints = read(browser, f"{base}/bg", scripts=False)
    page.get_by_label("Какво Ви е необходимо?").fill("разрешение за строеж")
    page.get_by_role("button", name="Търси").click()
    assert page.locator("h1").inner_text() == "Резултати за „разрешение за строеж“"
    assert page.locator(".results mark").count() > 1
    page.locator(".results a").first.click()
    assert "разрешение за строеж" in page.locator("h1").inner_text()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(("/en/services/000696327/2001", "/en/services/000695114/2001"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert complaints == []


def test_a_list_can_be_walked_through(browser, base):
    page, _ = read(browser, f"{base}/bg/services", scripts=False)
    seen = set()
    while True:
        seen |= {link.get_attribute("href") for link in page.locator(".results a").all()}
        following = page.get_by_role("link", name="Следваща")
        if following.count() == 0:
            break
        following.click()
    assert len(seen) == 51


def test_the_keyboard_is_enough(browser, base):
    page, _ = read(browser, f"{base}/bg/services/000695388/2835")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Към съдържанието" and skip.bounding_box()["y"] >= 0, "the first stop is the visible skip link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
                return it === document.body ? null : { text: it.innerText || it.id, outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
                    seen: box.bottom > 0 && box.top < innerHeight } }"""
        )
        if stop is None:
            break
        assert stop["outline"] == "solid" and stop["width"] >= 2, f"the focus is seen at {stop['text']}"
        assert stop["seen"], f"what has the focus is on the screen: {stop['text']}"
        stops.append(stop["text"])
    assert any("Заявете електронно" in text for text in stops)


@pytest.mark.parametrize("name", ["home", "service", "search", "administration"])
def test_targets_are_large_enough(name, browser, base):
    """WCAG 2.2, 2.5.8: 24 pixels, but for links within sentences."""
    page, _ = read(browser, f"{base}/bg{PAGES[name]}", 375)
    small = page.evaluate(
        """() => [...document.querySelectorAll('nav a, button, input:not([type=hidden]), .button, .results h2 a, .results h3 a')]
            .map(it => ({ text: it.innerText || it.id, box: it.getBoundingClientRect(), inline: getComputedStyle(it).display === 'inline' }))
            .filter(it => it.box.height > 0 && it.box.bottom > 0 && it.box.height < (it.inline ? 18 : 24)).map(it => it.text)"""
    )
    assert small == []


def test_larger_text_breaks_nothing(browser, base):
    """WCAG 2.2, 1.4.4 and 1.4.12: twice the size, and wider spaces."""
    for path in ("", PAGES["service"], PAGES["search"], PAGES["administration"]):
        page, _ = read(browser, f"{base}/bg{path}", 1280)
        page.evaluate(
            """() => { document.documentElement.style.fontSize = '200%';
                for (const it of document.body.querySelectorAll('*')) { it.style.setProperty('line-height', '1.5', 'important');
                    it.style.setProperty('letter-spacing', '0.12em', 'important'); it.style.setProperty('word-spacing', '0.16em', 'important'); } }"""
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        cut = page.evaluate(
            """() => [...document.querySelectorAll('h1, h2, h3, p, a, dd, dt, td, th, li, button')]
                .filter(it => !it.closest('.hidden, .skip') && it.scrollWidth > it.clientWidth + 12 && getComputedStyle(it).overflowX !== 'visible' && it.clientWidth > 0)
                .map(it => it.className + ': ' + it.innerText.slice(0, 60))"""
        )
        assert cut == []
        page.context.close()


def test_the_printed_page_is_the_description(browser, base, shots):
    page, _ = read(browser, f"{base}/bg{PAGES['service']}")
    page.emulate_media(media="print", color_scheme="light")
    for hidden in (".menu", ".languages", ".contents", ".skip"):
        assert not page.locator(hidden).is_visible(), hidden
    assert page.locator("#fees").is_visible()
    document = page.pdf(format="A4")
    (shots / "service.pdf").write_bytes(document)
    assert document.startswith(b"%PDF") and len(document) > 20_000


def test_forced_colours_leave_everything_visible(browser, base, shots):
    page, complaints = read(browser, f"{base}/bg{PAGES['service']}", forced_colors="active")
    assert page.locator(".button").is_visible() and complaints == []
    page.screenshot(path=shots / "service-forced-colours.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_is_led_to_its_language(language, browser, base):
    page, _ = read(browser, f"{base}/services/000695388/2835", locale={"bg": "bg-BG", "en": "en-GB"}[language])
    assert page.url == f"{base}/{language}/services/000695388/2835"


def test_a_hostile_record_does_nothing(browser, base):
    page, complaints = read(browser, f"{base}/bg{PAGES['hostile-service']}")
    page.wait_for_timeout(300)
    assert complaints == []
    assert page.evaluate("window.harmed") is None
    assert page.evaluate("[...document.scripts].map(it => it.type)") == ["application/ld+json"]
    assert page.evaluate("document.querySelectorAll('iframe, object, embed, form form, svg, style').length") == 0
    assert "<script>" in page.locator("h1").inner_text(), "it is shown as the text that it is"


def test_the_site_of_an_administration_wears_its_own_colours(browser, base, site):
    ours, _ = read(browser, f"{base}/bg")
    theirs, _ = read(browser, f"{site}/bg")
    band = "getComputedStyle(document.querySelector('.band')).backgroundColor"
    assert theirs.evaluate(band) == "rgb(74, 29, 51)" != ours.evaluate(band)
    assert theirs.locator("h1").inner_text() == "Община Горна порта"
    assert theirs.locator(".logo").evaluate("it => it.complete && it.naturalWidth > 0")
    assert theirs.get_by_role("link", name="Администрации").count() == 0
    assert "площад „Порта“" in theirs.locator("footer").inner_text()
    stranger, _ = read(browser, f"{site}/bg/services/000695388/2835")
    assert stranger.status == 404
