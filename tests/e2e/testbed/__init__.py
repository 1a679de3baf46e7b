"""Two virtual machines with systemd, wired as a pair: two networks, a serial cable, a router, a client, a power controller."""
