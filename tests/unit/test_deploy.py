"""What stands in compose.yaml, deploy/nginx.conf and deploy/alerts.yml fits together, and the program."""

import re
from pathlib import Path

import yaml

from isobot.domain.attached import LARGEST
from isobot.storage.database import POOL_SIZE

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
BESIDE_THE_POOL = {"serve": 1, "worker": 7}
"""To listen; for leases; four of Procrastinate's pool and the one it listens with."""
FOR_COMMANDS = 30


def processes(kind: str) -> list[str]:
    return [
        name for name, service in COMPOSE["services"].items() if service.get("command") == ["isobot", kind]
    ]


def test_the_proxy_knows_every_server():
    assert re.findall(r"server (serve-\d+):8080", NGINX) == processes("serve")
    assert set(COMPOSE["services"]["proxy"]["depends_on"]) == set(processes("serve"))


def test_the_proxy_lets_the_largest_letter_through_and_keeps_metrics_inside():
    most = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert most is not None
    assert int(most[1]) * 1024 * 1024 > LARGEST
    assert re.search(r"location = /metrics \{\s+return 403;", NGINX)


def test_postgresql_has_connections_for_all_processes():
    command = " ".join(COMPOSE["services"]["database"]["command"])
    most = int(command.partition("max_connections=")[2])
    needed = sum((POOL_SIZE + more) * len(processes(kind)) for kind, more in BESIDE_THE_POOL.items())
    assert needed + FOR_COMMANDS <= most


def test_all_processes_share_the_office_files_and_the_database():
    for name in [*processes("serve"), *processes("worker")]:
        service = COMPOSE["services"][name]
        assert service["volumes"] == ["data:/data"]
        assert service["environment"]["ISOBOT_DATABASE_URL"].endswith("@database/isobot")


def test_every_alert_rule_has_words_for_whoever_is_woken():
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert all(rule["expr"] and rule["annotations"]["summary"] for rule in rules)
