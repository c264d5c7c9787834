"""The demo mesh's certificate authority: one self-signed root and a leaf per workload, with the
workload's SPIFFE name as its only subject alternative name, as meshes issue them. Made with the
openssl command line; elliptic curve keys, so that it takes milliseconds."""

import os
import subprocess
import tempfile
import time

from processes import MeshError

TRUST_DOMAIN = "demo.mesh"
DAY = 86400
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_ISSUER = """[ca]
default_ca = authority
[authority]
database = {scratch}/issued
new_certs_dir = {scratch}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = names
x509_extensions = leaf
[names]
organizationName = optional
[leaf]
subjectAltName = critical,URI:{name}
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
basicConstraints = critical,CA:FALSE
authorityKeyIdentifier = keyid
"""


def spiffe_name(service_account):
    return f"spiffe://{TRUST_DOMAIN}/ns/shop/sa/{service_account}"


def install(where, *names):
    """Renames the fresh files into their places, one after the other: that is the event on which a
    running Envoy reads them again."""
    for name in names or ("tls.key", "tls.crt"):
        os.rename(os.path.join(where, name + ".new"), os.path.join(where, name))


def _openssl(*arguments):
    try:
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    except OSError as error:
        raise MeshError(f"cannot run openssl: {error}") from error
    if done.returncode != 0:
        raise MeshError(f"openssl {' '.join(arguments)}: {done.stderr}")


def _date(unix_time):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(unix_time))


class Authority:
    """A root of trust in the directory `where`: root.pem, root.key."""

    def __init__(self, where):
        self.root = os.path.join(where, "root.pem")
        self._key = os.path.join(where, "root.key")

    def create(self, days=3650):
        os.makedirs(os.path.dirname(self.root))
        _openssl("req", "-x509", *_NEW_KEY, "-subj", f"/O={TRUST_DOMAIN}", "-days", str(days),
                 "-addext", f"subjectAltName=URI:spiffe://{TRUST_DOMAIN}",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                 "-keyout", self._key, "-out", self.root)
        return self

    def issue(self, service_account, where, lifetime=DAY, age=0):
        """Writes tls.key and tls.crt for the workload into the directory `where`."""
        self.prepare(service_account, where, lifetime, age)
        install(where)

    def prepare(self, service_account, where, lifetime=DAY, age=0):
        """The same, but under the names tls.key.new and tls.crt.new, for install(). The leaf lives
        for so many seconds in all and is `age` old: `openssl ca`, since `openssl x509` of OpenSSL
        3.0 knows no shorter lifetime than a day."""
        os.makedirs(where, exist_ok=True)
        fresh = os.path.join(where, "tls.")
        begin = int(time.time()) - age
        with tempfile.TemporaryDirectory(dir=os.path.dirname(self.root)) as scratch:
            settings, request, issued = (
                os.path.join(scratch, name) for name in ("settings", "request", "issued"))
            with open(settings, "w") as file:
                file.write(_ISSUER.format(scratch=scratch, name=spiffe_name(service_account)))
            with open(issued, "w"):
                pass
            _openssl("req", "-new", *_NEW_KEY, "-subj", "/", "-keyout", fresh + "key.new",
                     "-out", request)
            _openssl("ca", "-batch", "-notext", "-config", settings, "-in", request,
                     "-cert", self.root, "-keyfile", self._key, "-startdate", _date(begin),
                     "-enddate", _date(begin + lifetime), "-out", fresh + "crt.new")
