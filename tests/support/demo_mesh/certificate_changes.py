"""What a scenario of the demo mesh does to certificates, beside what it changes in bootstraps
(scenario_changes.py): to the files of the mesh before it starts, or to them while it runs; and what
the agent is then told to look at."""

import json
import os

import certificates
from processes import wait_until

# The agent looks every second.
OFTEN = {"interval": "1s"}
LOADED = "ssl_context_update_by_sds"


def trust_a_stranger(mesh):
    """The client's sidecar holds the root of somebody else."""
    mesh.trust("storefront-1", _stranger(mesh))


def _stranger(mesh):
    made = certificates.Authority(os.path.join(mesh.directory, "stranger", "ca"))
    return made if os.path.exists(made.root) else made.create()


def leaves(lifetime, age, only=None):
    """The servers' leaves, or that of one sidecar, live so many seconds and are so old."""
    def change(mesh):
        for name in [only] if only else mesh.backends:
            mesh.authority.issue(name.rsplit("-", 1)[0], mesh.certificate_dir(name), lifetime, age)
    return change


let_expire = leaves(3600, age=3660)


def spoil_a_leaf(mesh):
    """The next leaf of a server is garbage."""
    where = mesh.certificate_dir("backend-1")
    _write("garbage", where, "tls.crt.new")
    certificates.install(where, "tls.crt")


def outlive(mesh):
    """Calls that last are made under leaves of ten seconds, which are replaced at once."""
    everybody = ("storefront-1", *mesh.backends)
    for lifetime in (10, certificates.DAY):
        before = [_loaded(mesh, name) for name in everybody]
        for name in everybody:
            leaves(lifetime, 0, only=name)(mesh)
        wait_until(lambda loaded=before: all(
            _loaded(mesh, name) > times for name, times in zip(everybody, loaded)),
            "the sidecars to load their leaves")
        if lifetime != certificates.DAY:
            mesh.start_load(hold="yes", calls=3, parallel=3, deadline="5m",
                            only="user.v1.UserService/GetUser")
            wait_until(lambda: _calls_under_way(mesh) == 3, "the calls to be under way")


def _loaded(mesh, name):
    return sum(_numbers(mesh, name, LOADED))


def _calls_under_way(mesh):
    return sum(_numbers(mesh, "storefront-1", "cluster[.]outbound.50051.*upstream_rq_active"))


def _numbers(mesh, name, statistic):
    lines = mesh.get(name, f"/stats?filter={statistic}$").splitlines()
    return [int(line.rsplit(": ", 1)[1]) for line in lines]


# ---- what the agent is told to look at: YAML for its configuration ----

def look_often(_mesh):
    return _certificates()


def trust_only_a_stranger(mesh):
    """A server, and a bundle that does not vouch for it."""
    return _certificates(
        endpoints=[{"name": "gateway", "address": mesh.inbound("backend-1")}],
        trust=[{"name": "demo", "file": _stranger(mesh).root,
                "spiffe_trust_domain": certificates.TRUST_DOMAIN}])


def watch_a_bundle(mesh):
    return _certificates(trust=[{"name": "demo", "file": _copy_of_root(mesh)}])


def watch_a_file(mesh):
    return _certificates(files=[{"paths": [_copy_of_root(mesh)]}])


def watch_targets(mesh):
    """In a file that lists none yet."""
    _write("[]", _watched(mesh))
    return f"discovery: {{file: [{json.dumps(_watched(mesh))}]}}\n"


def spoil_what_is_watched(mesh):
    _write("garbage", _watched(mesh) + ".new")
    os.rename(_watched(mesh) + ".new", _watched(mesh))


def lead_astray(mesh):
    """A target whose port is that of another pod."""
    twin = {"name": "backend-9", "namespace": "shop", "workload": "backend", "mesh": "envoy",
            "admin": mesh.admin("backend-1"), "inbound": mesh.inbound("backend-2")}
    return f"  - {json.dumps(twin)}\n" + _certificates()


def _certificates(**settings):
    return f"certificates: {json.dumps({**OFTEN, **settings})}\n"


def _watched(mesh):
    return os.path.join(mesh.directory, "watched.json")


def _copy_of_root(mesh):
    with open(mesh.authority.root) as root:
        _write(root.read(), _watched(mesh))
    return _watched(mesh)


def _write(text, *path):
    with open(os.path.join(*path), "w") as file:
        file.write(text)
