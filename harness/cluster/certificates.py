"""Certificates by which all machines of a cluster know each other: whoever holds one is trusted wholly."""

import os
from pathlib import Path

import trustme
from distributed import Security

from harness.errors import BadInput

AUTHORITY, CERTIFICATE, KEY = "authority.pem", "certificate.pem", "key.pem"
"""The files of a folder of certificates: all three are needed on every machine that takes part."""


def new_certificates(folder: Path) -> None:
    """Make an authority, which is then forgotten, and its certificate. Raises BadInput where there is one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if present := [name for name in (AUTHORITY, CERTIFICATE, KEY) if (folder / name).exists()]:
        raise BadInput(f"{folder / present[0]} is there already: name another folder, or remove it")
    authority = trustme.CA()
    certificate = authority.issue_cert("loopcmp")
    authority.cert_pem.write_to_path(str(folder / AUTHORITY))
    certificate.cert_chain_pems[0].write_to_path(str(folder / CERTIFICATE))
    key = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(key, "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(certificate.private_key_pem.bytes())


def check_certificates(folder: Path) -> None:
    """Raise BadInput where a folder lacks one of the files, or others may read the key."""
    for name in (AUTHORITY, CERTIFICATE, KEY):
        if not (folder / name).is_file():
            raise BadInput(
                f"{folder / name} is not there: loopcmp host --new-certificates {folder} makes a folder of "
                "certificates, which every machine that takes part needs a copy of"
            )
    if (folder / KEY).stat().st_mode & 0o077:
        raise BadInput(f"{folder / KEY} can be read by others: chmod 600 {folder / KEY}")


def security_of(folder: Path) -> Security:
    """Return what the engine's client shows and asks for."""
    certificate, key = str(folder / CERTIFICATE), str(folder / KEY)
    return Security(
        tls_ca_file=str(folder / AUTHORITY),
        tls_client_cert=certificate,
        tls_client_key=key,
        require_encryption=True,
    )


def options_of(folder: Path) -> list[str]:
    """Return the same for the engine's own programs, as options."""
    files = {"--tls-ca-file": AUTHORITY, "--tls-cert": CERTIFICATE, "--tls-key": KEY}
    return [word for option, name in files.items() for word in (option, str((folder / name).resolve()))]
