"""Makes the secrets that docker-compose.yml mounts, one file for each in secrets/; what is there stays as it is."""

import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "secrets"
BY_HAND = "loket_client_secret"


def new() -> dict[str, str]:
    """A value for each secret that nobody else gives out."""
    password = secrets.token_urlsafe(32)
    return {
        "postgres_password": password,
        "database_url": f"postgres://portal:{password}@db:5432/portal",
        "secret_key": secrets.token_urlsafe(50),
        "field_encryption_keys": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def write(folder: Path) -> list[str]:
    """Writes those that are missing and gives their names. The password and the address are made together or not at all."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = new()
    if (folder / "database_url").exists() or (folder / "postgres_password").exists():
        del made["database_url"], made["postgres_password"]
    missing = [name for name in made if not (folder / name).exists()]
    for name in missing:
        (folder / name).write_text(made[name] + "\n", "utf-8")
        (folder / name).chmod(0o644)  # read by the image's own user; the folder keeps everybody else out
    return missing


if __name__ == "__main__":
    for name in write(FOLDER):
        print(f"secrets/{name} made")
    if not (FOLDER / BY_HAND).exists():
        print(f"secrets/{BY_HAND}: write the client secret of Loket's partner desk there.")
    print("Keep a copy of secrets/field_encryption_keys away from this machine and from the backups of the database.")
