"""One real Envoy with an authority of its own and nobody to talk to: for what happens to its
certificate, which it holds for an upstream that is never called."""

import json
import os
import re

import certificates
import envoy_config
from envoy_process import Envoy
from processes import ReservedPort, http_get


class LoneSidecar:
    """start() … stop(). The workload's name is that of the sidecar without its number."""

    def __init__(self, envoy, name, directory, lifetime):
        """`lifetime` of the first certificate, in seconds."""
        self.name = name
        self.workload = name.rsplit("-", 1)[0]
        self._envoy = envoy
        self._directory = os.path.join(os.path.abspath(directory), name)
        self._lifetime = lifetime
        self._ports = {}
        self._child = None
        self.certificate_dir = self._path("certs")
        self.bundle = self._path("trust", "root.pem")
        self.authority = certificates.Authority(self._path("ca"))

    def start(self):
        """Returns once the process runs; wait_ready() waits for its answers."""
        self._ports = {use: ReservedPort() for use in ("admin", "upstream")}
        self.authority.create()
        self.trust(self.authority)
        self.authority.issue(self.workload, self.certificate_dir, self._lifetime)
        envoy_config.write_secrets(self._path("sds"), self.certificate_dir, self.bundle)
        with open(self._path("envoy.json"), "w") as file:
            json.dump(envoy_config.lone_bootstrap(
                node=self.name, workload=self.workload, admin=self.admin,
                port=self._ports["upstream"].number, secrets=self._path("sds"),
                peer_account=self.workload), file, indent=1)
        self.run()
        return self

    def run(self):
        """The process, once more after kill()."""
        self._child = Envoy(self._envoy, self.name, self._path("envoy.json"), self._path("log"))

    def kill(self):
        self._child.kill()

    def stop(self):
        if self._child:
            self._child.terminate()
        for port in self._ports.values():
            port.release()

    def wait_ready(self):
        self._child.wait_for(self._is_ready, f"{self.name} to be ready")

    @property
    def pid(self):
        return self._child.pid

    @property
    def admin(self):
        return f"http://127.0.0.1:{self._ports['admin'].number}"

    @property
    def certificate(self):
        """The certificate in its file."""
        return os.path.join(self.certificate_dir, "tls.crt")

    def target(self):
        """As the agent's configuration lists it."""
        return {"name": self.name, "namespace": "shop", "workload": self.workload,
                "mesh": "envoy", "admin": self.admin}

    # ---- what is done to it ----

    def issue(self, lifetime):
        self.authority.issue(self.workload, self.certificate_dir, lifetime)

    def put(self, file, text):
        """tls.key or tls.crt with this content, as an issuer puts it there."""
        with open(os.path.join(self.certificate_dir, file + ".new"), "w") as out:
            out.write(text)
        certificates.install(self.certificate_dir, file)

    def trust(self, *authorities):
        """From now on these."""
        os.makedirs(os.path.dirname(self.bundle), exist_ok=True)
        with open(self.bundle + ".new", "w") as bundle:
            for authority in authorities:
                with open(authority.root) as root:
                    bundle.write(root.read())
        os.rename(self.bundle + ".new", self.bundle)

    # ---- what Envoy itself says ----

    def counter(self, name):
        """One of its own counters by its whole name; None if it has none."""
        _, body = http_get(self.admin, f"/stats?filter=^{re.escape(name)}$")
        return int(body.split()[-1]) if body.strip() else None

    def _is_ready(self):
        try:
            return http_get(self.admin, "/ready")[0] == 200
        except OSError:
            return False

    def _path(self, *parts):
        return os.path.join(self._directory, *parts)
