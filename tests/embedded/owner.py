"""A process that owns embedded servers: prints their addresses, then waits. Started by the tests."""

import json
import os
import sys
import time
from pathlib import Path

from campaign import embedded
from campaign.processes.interrupts import interruptible

with interruptible():
    try:
        with embedded.start(Path(sys.argv[1]), durable=False) as servers:
            facts = {
                "database": servers.database_url,
                "redis": servers.redis_url,
                "postgres": servers.postgres.pid,
                "valkey": servers.valkey.pid,
                "group": os.getpgid(servers.postgres.pid),
            }
            sys.stdout.write(json.dumps(facts) + "\n")
            sys.stdout.flush()
            time.sleep(60)
    except KeyboardInterrupt:
        sys.exit(0)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
