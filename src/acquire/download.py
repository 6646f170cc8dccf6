"""Fetches what argv[1] lists into files. Proxies, certificates and .netrc are those that Python's own library and pip's variables name.

One JSON object a line on standard output, for each in order: {"status": 200} or {"error": "..."}. URLs are never printed: they may hold credentials.
"""
import base64
import json
import netrc
import os
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 3


def realm(parts):
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return "%s://%s:%s" % (parts.scheme, parts.hostname, port)


def login(parts, known):
    """Credentials: the URL's own, else those of an index on the same host, else .netrc's."""
    if parts.username is not None:
        return urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
    for entry in known:
        if entry["realm"] == realm(parts):
            return entry["user"], entry["password"]
    try:
        found = netrc.netrc(os.environ.get("NETRC") or None).authenticators(parts.hostname or "")
    except (OSError, netrc.NetrcParseError):
        found = None
    return (found[0] or "", found[2] or "") if found else None


def context():
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"):
        path = os.environ.get(name)
        if path and os.path.isfile(path):
            return ssl.create_default_context(cafile=path)
    return ssl.create_default_context()


def fetch(opener, task, known, timeout):
    parts = urllib.parse.urlsplit(task["url"])
    host = parts.netloc.rpartition("@")[2]
    request = urllib.request.Request(urllib.parse.urlunsplit((parts.scheme, host, parts.path, parts.query, "")), headers={"User-Agent": "enisle", "Accept": task.get("accept", "*/*")})
    who = login(parts, known)
    if who:
        # Not sent along to where a redirection leads.
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(("%s:%s" % who).encode()).decode())
    with opener.open(request, timeout=timeout) as response, open(task["path"], "wb") as target:
        limit = task.get("limit")
        if limit is None:
            shutil.copyfileobj(response, target, 1 << 16)
        else:
            content = response.read(limit + 1)
            if len(content) > limit:
                raise ValueError("is larger than %d bytes" % limit)
            target.write(content)
        declared = response.headers.get("Content-Length")
        if declared is not None and not response.headers.get("Content-Encoding") and target.tell() < int(declared):
            raise ConnectionError("the connection ended early")
        return response.status


def attempt(opener, task, known, timeout):
    for number in range(1, ATTEMPTS + 1):
        try:
            return {"status": fetch(opener, task, known, timeout)}
        except urllib.error.HTTPError as error:
            if error.code < 500 or number == ATTEMPTS:
                return {"status": error.code, "error": "the server answers %d %s" % (error.code, error.reason)}
        except (OSError, ValueError, EOFError) as error:
            reason = getattr(error, "reason", None) or error
            if number == ATTEMPTS or isinstance(error, ValueError):
                return {"error": "timed out" if "timed out" in str(reason) else str(reason) or type(reason).__name__}
        except Exception as error:  # http.client's own, such as an incomplete read
            if number == ATTEMPTS:
                return {"error": str(error) or type(error).__name__}
        time.sleep(0.2 * number)


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        job = json.load(stream)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context()))
    for task in job["tasks"]:
        print(json.dumps(attempt(opener, task, job["known"], job["timeout"])), flush=True)


main()
