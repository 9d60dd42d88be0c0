"""What people see: every kind of page, on large and small screens, in both languages, light and dark."""

import html.parser
import io
import re
import urllib.request

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
# Every page in both of these, so in both languages, both schemes, on a large and a small screen; some on the narrowest one too.
VIEWS = [("bg", "desktop", "light"), ("en", "mobile", "dark")]
NARROW = ("bg", "narrow", "light")
EVERYTHING = [
    pytest.param(name, *view, id="-".join((name, *view)))
    for view in (*VIEWS, NARROW)
    for name in (*PAGES, *SITE_PAGES)
    if view != NARROW or name in ("home", "service", "search")
]
# Of these whole pictures are kept for people to look at; of the others the first screen is looked at by the test.
PICTURED = ("home", "service", "search", "administration", "site-home")


def address_of(name, language, base, site):
    return f"{site}/{language}{SITE_PAGES[name]}" if name in SITE_PAGES else f"{base}/{language}{PAGES[name]}"


@pytest.mark.parametrize("name, language, screen, scheme", EVERYTHING)
def test_a_page_looks_as_it_should_and_axe_finds_nothing(name, language, screen, scheme, windows, base, site, shots, axe):
    width = WIDTHS[screen]
    window = windows(width, scheme)
    page = window.page
    status, expected = window.open(address_of(name, language, base, site)), STATUS.get(name, 200)
    assert status == expected
    # A browser complains of every 404 and 410.
    assert [text for text in window.complaints if str(expected) not in text or expected == 200] == []
    seen = page.evaluate(
        """() => { const all = [...document.querySelectorAll('h1')], box = all[0].getBoundingClientRect();
            return { language: document.documentElement.lang, width: document.documentElement.scrollWidth, headings: all.length,
                words: all[0].innerText.trim(), left: box.left, right: box.right, top: box.top, shown: all[0].checkVisibility(),
                background: getComputedStyle(document.body).backgroundColor } }"""
    )
    assert seen["language"] == language
    assert seen["width"] <= width, "nothing is wider than the screen"
    assert seen["headings"] == 1 and seen["shown"] and seen["words"]
    assert seen["left"] >= 0 and seen["right"] <= width and 0 <= seen["top"] < 900, "the heading is on the first screen"
    own = address_of(name, language, base, site).split("/" + language)[0]
    assert all(url.startswith(own + "/") for url in window.asked), "nothing is loaded from elsewhere"
    assert window.context.cookies() == []
    light = sum(map(int, re.findall(r"\d+", seen["background"])[:3])) > 382
    assert light == (scheme == "light")
    pictured = name in PICTURED
    picture = page.screenshot(full_page=pictured)
    if pictured:
        (shots / f"{name}-{language}-{screen}-{scheme}.png").write_bytes(picture)
    there_is_something_to_see(picture, width)
    if screen != "narrow":
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'], preload: false })")
        found = [f"{rule['id']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]]
        assert found == []
        assert len(result["passes"]) > 15, "the rules were applied"


def there_is_something_to_see(picture, width):
    with Image.open(io.BytesIO(picture)) as picture:
        assert picture.width == width and picture.height >= 900
        area = picture.convert("RGB").crop((0, 0, width, 900))
    colours = area.getcolors(maxcolors=1 << 24)
    assert len(colours) > 50, "there is something to see"
    assert max(count for count, _ in colours) < 0.97 * width * 900, "it is not one surface"


def test_everything_works_without_scripts(windows, base):
    window = windows(java_script_enabled=False)
    page = window.page
    window.open(f"{base}/bg")
    page.get_by_label("Какво Ви е необходимо?").fill("разрешение за строеж")
    page.get_by_role("button", name="Търси").click()
    assert page.locator("h1").inner_text() == "Резултати за „разрешение за строеж“"
    assert page.locator(".results mark").count() > 1
    page.locator(".results a").first.click()
    assert "разрешение за строеж" in page.locator("h1").inner_text()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(("/en/services/000696327/2001", "/en/services/000695114/2001"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert window.complaints == []


class Links(html.parser.HTMLParser):
    """The services that a page lists, and where its list goes on."""

    def __init__(self, text):
        super().__init__()
        self.services, self.following = set(), None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and re.fullmatch(r"/bg/services/\d+/\d+", attributes.get("href", "")):
            self.services.add(attributes["href"])
        if tag == "a" and attributes.get("rel") == "next":
            self.following = attributes["href"]


def test_a_list_can_be_walked_through(base):
    address, seen, pages = "/bg/services", set(), 0
    while address:
        with urllib.request.urlopen(base + address) as answer:
            links = Links(answer.read().decode("utf-8"))
        seen |= links.services
        address, pages = links.following, pages + 1
    assert len(seen) == 51 and pages == 3


def test_the_keyboard_is_enough(windows, base):
    window = windows()
    page = window.another()
    window.open(f"{base}/bg/services/000695388/2835", page)
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
    page.close()
    assert any("Заявете електронно" in text for text in stops)


@pytest.mark.parametrize("name", ["home", "service", "search", "administration"])
def test_targets_are_large_enough(name, windows, base):
    """WCAG 2.2, 2.5.8: 24 pixels, but for links within sentences."""
    window = windows(375, "dark")
    window.open(f"{base}/bg{PAGES[name]}")
    small = window.page.evaluate(
        """() => [...document.querySelectorAll('nav a, button, input:not([type=hidden]), .button, .results h2 a, .results h3 a, .links a')]
            .map(it => ({ text: it.innerText || it.id, box: it.getBoundingClientRect(), inline: getComputedStyle(it).display === 'inline' }))
            .filter(it => it.box.height > 0 && it.box.bottom > 0 && it.box.height < (it.inline ? 18 : 24)).map(it => it.text)"""
    )
    assert small == []


@pytest.mark.parametrize("name", ["home", "service", "search", "administration"])
def test_larger_text_breaks_nothing(name, windows, base):
    """WCAG 2.2, 1.4.4 and 1.4.12: twice the size, and wider spaces."""
    window = windows()
    window.open(f"{base}/bg{PAGES[name]}")
    width, cut = window.page.evaluate(
        """() => { document.documentElement.style.fontSize = '200%';
            for (const it of document.body.querySelectorAll('*')) { it.style.setProperty('line-height', '1.5', 'important');
                it.style.setProperty('letter-spacing', '0.12em', 'important'); it.style.setProperty('word-spacing', '0.16em', 'important'); }
            return [document.documentElement.scrollWidth, [...document.querySelectorAll('h1, h2, h3, p, a, dd, dt, td, th, li, button')]
                .filter(it => !it.closest('.hidden, .skip') && it.scrollWidth > it.clientWidth + 12 && getComputedStyle(it).overflowX !== 'visible' && it.clientWidth > 0)
                .map(it => it.className + ': ' + it.innerText.slice(0, 60))] }"""
    )
    assert width <= 1280
    assert cut == []


def test_the_printed_page_is_the_description(windows, base, shots):
    window = windows()
    page = window.another()
    window.open(f"{base}/bg{PAGES['service']}", page)
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".menu", ".languages", ".contents", ".skip", ".links"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("#fees").is_visible()
    assert page.locator(".printed").is_visible(), "paper says where it is from"
    ink = "getComputedStyle(document.querySelector('h1')).color"
    assert page.evaluate(ink) == "rgb(0, 0, 0)", "on paper everybody reads black on white"
    document = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    (shots / "service.pdf").write_bytes(document)
    assert document.startswith(b"%PDF") and len(document) > 20_000
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", document)) <= 5, "paper is not wasted"


def test_forced_colours_leave_everything_visible(windows, base, shots):
    window = windows(forced_colors="active")
    window.open(f"{base}/bg{PAGES['service']}")
    assert window.page.locator(".button").is_visible() and window.complaints == []
    window.page.screenshot(path=shots / "service-forced-colours.png")


@pytest.mark.parametrize("language, accepted", [("bg", "bg-BG"), ("en", "en-GB")])
def test_the_browser_is_led_to_its_language(language, accepted, base):
    asked = urllib.request.Request(f"{base}/services/000695388/2835", headers={"Accept-Language": accepted})
    with urllib.request.urlopen(asked) as answer:
        assert answer.url == f"{base}/{language}/services/000695388/2835"


def test_a_hostile_record_does_nothing(windows, base):
    window = windows()
    page = window.another()
    window.open(f"{base}/bg{PAGES['hostile-service']}", page)
    page.wait_for_timeout(300)
    assert window.complaints == []
    assert page.evaluate("window.harmed") is None
    assert page.evaluate("[...document.scripts].map(it => it.type)") == ["application/ld+json"]
    assert page.evaluate("document.querySelectorAll('iframe, object, embed, form form, svg, style').length") == 0
    assert "<script>" in page.locator("h1").inner_text(), "it is shown as the text that it is"
    page.close()


BAND = "getComputedStyle(document.querySelector('.band')).backgroundColor"


def test_the_site_of_an_administration_wears_its_own_colours(windows, base, site):
    window = windows()
    page = window.page
    window.open(f"{base}/bg")
    ours = page.evaluate(BAND)
    window.open(f"{site}/bg")
    assert page.evaluate(BAND) == "rgb(74, 29, 51)" != ours
    assert page.locator("h1").inner_text() == "Община Горна порта"
    assert page.locator(".logo").evaluate("it => it.complete && it.naturalWidth > 0")
    assert page.get_by_role("link", name="Администрации").count() == 0
    assert "площад „Порта“" in page.locator("footer").inner_text()
    assert window.open(f"{site}/bg/services/000695388/2835") == 404


def test_under_a_path_everything_is_found(windows, base):
    window = windows()
    page = window.page
    assert window.open(f"{base}/portal") == 200 and page.url.startswith(f"{base}/portal/")
    window.open(f"{base}/portal/bg")
    assert window.complaints == [] and page.evaluate(BAND) == "rgb(13, 61, 55)", "the style sheet is found"
    assert page.locator(".logo").evaluate("it => it.complete && it.naturalWidth > 0")
    page.get_by_label("Какво Ви е необходимо?").fill("строеж")
    page.get_by_role("button", name="Търси").click()
    page.locator(".results a").first.click()
    page.get_by_role("link", name="English").click()
    assert page.url.startswith(f"{base}/portal/en/services/")
    assert all(url.startswith(f"{base}/portal") for url in window.asked), window.asked
    assert window.complaints == []
