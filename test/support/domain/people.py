"""Adds people to the database of the domain controller that this runs on, before it serves.

Argument: JSON with users, disabled, groups (name to members) and password. Says the domain's SID and theirs, as JSON.
"""
import json
import sys

from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

people = json.loads(sys.argv[1])
parameters = LoadParm()
parameters.load_default()
database = SamDB(url=parameters.private_path("sam.ldb"), session_info=system_session(), lp=parameters)


def by_name(name):
    return "(sAMAccountName=%s)" % name


def sid_of(name):
    found = database.search(expression=by_name(name), attrs=["objectSid"])
    return str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))


for user in people["users"]:
    database.newuser(user, people["password"])
for user in people["disabled"]:
    database.disable_account(by_name(user))
for group, members in people["groups"].items():
    database.newgroup(group)
    database.add_remove_group_members(group, members)

names = [*people["users"], *people["groups"]]
print(json.dumps({"domain": database.get_domain_sid(), "sids": {name: sid_of(name) for name in names}}))
