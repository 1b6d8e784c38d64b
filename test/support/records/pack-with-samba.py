"""Packs records with the Python bindings that Samba builds from its own IDL (samba.dcerpc.smbXsrv, since 4.19).

Reads the records as JSON from stdin, as pack-with-samba.ts writes them, and writes their bytes as JSON to stdout.
"""

import base64
import json
import sys

import samba
from samba.dcerpc import auth, misc, security, server_id, smbXsrv
from samba.ndr import ndr_pack

KEY = bytes.fromhex("5ec4e7" * 6)[:16]
SOME_TIME = 134400300502777410
VERSION = smbXsrv.SMBXSRV_VERSION_CURRENT
SINCE_4_25 = VERSION == 1
CLAIM_TYPES = {"int64": 1, "uint64": 2, "string": 3, "sid": 5, "boolean": 6, "octetString": 16}


def struct(name, **fields):
    """A struct of smbXsrv, whose Python name ends in the version up to 4.24."""
    made = getattr(smbXsrv, name if SINCE_4_25 else name + "0")()
    return fill(made, **fields)


def fill(made, **fields):
    for name, value in fields.items():
        if value is not None:
            setattr(made, name, value)
    return made


def blob(name, info):
    return ndr_pack(fill(getattr(smbXsrv, name)(), version=VERSION, seqnum=7, info=info))


def guid():
    return misc.GUID("11111111-1111-1111-1111-111111111111")


def process(pid, unique_id, task_id=0):
    return fill(server_id.server_id(), pid=pid, task_id=task_id, vnn=0xFFFFFFFF, unique_id=int(unique_id))


def sids(texts):
    return [security.dom_sid(text) for text in texts]


def claim(record):
    kind = record["type"]
    values = record["values"]
    if kind == "sid":
        values = [value.encode() for value in values]
    elif kind == "octetString":
        values = [bytes.fromhex(value) for value in values]
    elif kind != "string":
        values = [int(value) for value in values]
    made = security.CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1()
    flags = security.CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE if kind == "string" else 0
    fill(made, name=record["name"], value_type=CLAIM_TYPES[kind], flags=flags, value_count=len(values))
    made.values = values
    return made


def token(record):
    made = security.token()
    made.sids = sids(record["sids"])
    made.num_sids = len(record["sids"])
    for kind in ("local", "user", "device"):
        claims = [claim(one) for one in record["claims"][kind]]
        setattr(made, kind + "_claims", claims)
        setattr(made, "num_" + kind + "_claims", len(claims))
    made.device_sids = sids(record["deviceSids"])
    made.num_device_sids = len(record["deviceSids"])
    made.evaluate_claims = security.CLAIMS_EVALUATION_ALWAYS
    return made


def unix_token(record):
    groups = [int(group) for group in record["groups"]]
    made = fill(security.unix_token(), uid=int(record["uid"]), gid=int(record["gid"]))
    made.groups = groups
    made.ngroups = len(groups)
    return made


def user_info(record):
    return fill(
        auth.user_info(),
        account_name=record["accountName"],
        user_principal_name=record["userPrincipalName"],
        domain_name=record["domainName"],
        dns_domain_name=record["dnsDomainName"],
        full_name=record["fullName"],
        acct_flags=0x10,
        user_flags=0x20,
    )


def unix_info(record):
    return fill(
        auth.user_info_unix(),
        unix_name=record["unixName"],
        sanitized_username=record["sanitizedUsername"],
    )


def session_info(record, key):
    made = fill(auth.session_info(), session_key=key, unique_session_token=guid())
    parts = {
        "token": ("security_token", token),
        "unixToken": ("unix_token", unix_token),
        "info": ("info", user_info),
        "unixInfo": ("unix_info", unix_info),
    }
    for name, (field, make) in parts.items():
        if name not in record["without"]:
            setattr(made, field, make(record))
    return made


def channel(record, remote_address, key):
    made = struct(
        "channel_global",
        server_id=process(record["pid"], record["uniqueId"]),
        channel_id=1,
        creation_time=int(record["creationTime"]),
        local_address=record["localAddress"],
        remote_address=remote_address,
        remote_name=record["remoteName"],
        signing_key_blob=key,
        auth_session_info_seqnum=1,
        signing_algo=1,
        encryption_cipher=2,
    )
    if hasattr(made, "transport_type"):
        made.transport_type = 1
    return made


def session(record):
    key = KEY if record["hasKeys"] else b""
    channels = [channel(record, address, key) for address in record["remoteAddresses"]]
    made = struct(
        "session_global",
        session_global_id=record["id"],
        session_wire_id=record["id"],
        creation_time=int(record["creationTime"]),
        expiration_time=int(record["expirationTime"]),
        auth_time=SOME_TIME + 5,
        auth_session_info_seqnum=1,
        connection_dialect=record["dialect"],
        client_guid=guid(),
        signing_flags=record["signingFlags"],
        signing_algo=1,
        encryption_flags=record["encryptionFlags"],
        encryption_cipher=2,
        signing_key_blob=key,
        encryption_key_blob=key,
        decryption_key_blob=key,
        application_key_blob=key,
        num_channels=len(channels),
        channels=channels,
    )
    if record["hasAuthenticated"]:
        made.auth_session_info = session_info(record, key)
    return blob("session_globalB", made)


def tcon(record):
    made = struct(
        "tcon_global",
        tcon_global_id=record["id"],
        tcon_wire_id=1,
        server_id=process(4711, 99),
        creation_time=SOME_TIME,
        share_name=record["shareName"],
        encryption_flags=record["encryptionFlags"],
        session_global_id=record["sessionId"],
        signing_flags=record["signingFlags"],
    )
    return blob("tcon_globalB", made)


def open_(record):
    gone = record["isDisconnected"]
    no_process = (2**64 - 1, 2**64 - 1, 2**32 - 1)
    made = struct(
        "open_global",
        server_id=process(*no_process) if gone else process(record["pid"], record["uniqueId"]),
        open_global_id=record["id"],
        open_persistent_id=record["id"],
        open_volatile_id=5,
        open_owner=security.dom_sid(record["owner"]),
        open_time=SOME_TIME,
        create_guid=guid(),
        client_guid=guid(),
        app_instance_id=guid(),
        backend_cookie=record["cookie"].encode(),
    )
    if hasattr(made, "session_global_id"):
        fill(made, session_global_id=record["sessionId"], tcon_global_id=record["tconId"], create_action=1)
    if SINCE_4_25:
        fill(made.file_id, devid=1, inode=2, extid=0)
        made.name_hash = 77
    return blob("open_globalB", made)


def main():
    records = json.load(sys.stdin)
    pack = {"sessions": session, "claims": session, "tcons": tcon, "opens": open_}
    packed = {
        kind: {name: base64.b64encode(pack[kind](record)).decode() for name, record in cases.items()}
        for kind, cases in records.items()
    }
    json.dump({"package": samba.version, **packed}, sys.stdout)


main()
