"""What a scenario of the demo mesh does with control planes: each sidecar that is to obey one has one of
its own, under load and real (control_plane.py)."""

from control_plane import ControlPlane
from control_plane import obey as to_obey

BAD = {"name": "bad", "connect_timeout": "-1s"}  # a cluster that Envoy does not take


def obey(bootstrap, mesh):
    """The sidecar has all that from a control plane."""
    _, _, name, _ = bootstrap["node"]["id"].split("~")
    plane = mesh.keep("control plane of " + name,
                      ControlPlane(mesh.directory, "control-plane-of-" + name))
    plane.say(**bootstrap.pop("static_resources"))
    bootstrap["static_resources"] = {}
    to_obey(bootstrap, plane.start().port)


def _planes(mesh):
    return [part for part in mesh.kept.values() if isinstance(part, ControlPlane)]


def lose(mesh):
    for plane in _planes(mesh):
        plane.kill()


def regain(mesh):
    for plane in _planes(mesh):
        plane.start()


def refuse_what_is_sent(mesh):
    """The control plane sends a cluster that Envoy does not take, beside those that it has."""
    for plane in _planes(mesh):
        plane.say(clusters=[*plane.said("clusters"), BAD])


def send_what_is_taken(mesh):
    for plane in _planes(mesh):
        plane.say(clusters=[one for one in plane.said("clusters") if one != BAD])
