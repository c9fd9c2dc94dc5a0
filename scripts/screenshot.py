"""Make the pictures of the manuals from a running demo.

    make run                                    # in another window
    .venv/bin/python scripts/screenshot.py      # needs the development set-up and a system Chromium

Each picture is the web chat on a phone after a real conversation. What the bot says depends on the day, as
deadlines do. The demo then holds what was said, so give it a data folder of its own
(`ISOBOT_DATA_DIR=/tmp/pictures ISOBOT_PORT=8191 make run`, and --url http://127.0.0.1:8191).
"""

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 390, "height": 844}
LARGEST_BYTES = 200_000
FOLDER = Path(__file__).parent.parent / "docs" / "images"


@dataclass(frozen=True)
class Scene:
    """Who speaks, and what; the picture is of the last screen."""

    name: str
    persona: str
    lines: tuple[str, ...]


SCENES = (
    Scene(
        "conversation",
        "reporter|th.ba-thuoc",
        ("/start", "xã báo cáo tháng nào", "bao lau danh gia noi bo 1 lan"),
    ),
    Scene(
        "report",
        "reporter|th.ba-thuoc",
        ("báo cáo", "Nhập tháng 10/2026", "đang áp dụng", "120", "130", "118"),
    ),
    Scene("progress", "receiver|th.so-khcn", ("tiến độ",)),
)


def main() -> int:
    """Take the pictures; tell which failed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--url", default="http://127.0.0.1:8080")
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    arguments.add_argument("scenes", nargs="*", help="names of pictures; all without")
    given = arguments.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("No Chromium found: apt install chromium", file=sys.stderr)
        return 1
    given.folder.mkdir(parents=True, exist_ok=True)
    # Chromium refuses its sandbox to root, who in a container is the only user.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        chosen = [scene for scene in SCENES if not given.scenes or scene.name in given.scenes]
        sizes = {scene.name: take(browser, given.url, scene, given.folder) for scene in chosen}
        browser.close()
    for name, size in sizes.items():
        print(f"{name}.png: {size // 1000} kB")
    return 1 if any(size > LARGEST_BYTES for size in sizes.values()) else 0


def take(browser: Browser, url: str, scene: Scene, folder: Path) -> int:
    """Hold one conversation and photograph it; return the size of the picture in bytes."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=1.5, locale="vi-VN")
    page = context.new_page()
    page.goto(url)
    context.request.post(f"{url}/demo/enter", form={"key": scene.persona})
    page.goto(url)
    page.wait_for_selector(".message.theirs")
    for line in scene.lines:
        say(page, line)
    page.wait_for_timeout(300)
    target = folder / f"{scene.name}.png"
    page.screenshot(path=target)
    context.close()
    return target.stat().st_size


def say(page: Page, line: str) -> None:
    """Type a line, and wait until the bot has answered it."""
    before = page.locator(".message.theirs").count()
    page.locator("#text").fill(line)
    page.locator("button.send").click()
    page.wait_for_function(
        "before => document.querySelectorAll('.message.theirs').length > before", arg=before, timeout=15_000
    )


if __name__ == "__main__":
    sys.exit(main())
