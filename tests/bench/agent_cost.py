"""What a running agent costs while it polls: a table of its resident set and processor time, for the
benchmarks beside this file."""

import time


def status(pid, field):
    """A number of /proc/PID/status, in kB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":"))


def report(agent, polls, pod, reports, title, column):
    """Prints a row about every polls/reports polls of `pod`, until there were `polls` of them; the
    last of its columns is column(page) under `title`. At the end the errors of all targets."""
    print(f"{'polls':>7} {'resident kB':>12} {'peak kB':>9} {'cpu s':>7} {title:>11}")
    seen, last, due = 0, None, 1
    while seen < polls:
        time.sleep(0.02)
        page = agent.page()
        when = page.value("mesh_target_last_success_timestamp_seconds", pod=pod)
        seen += when != last
        last = when
        if seen < due:
            continue
        print(f"{seen:>7} {status(agent.child.pid, 'VmRSS'):>12} "
              f"{status(agent.child.pid, 'VmHWM'):>9} "
              f"{page.value('process_cpu_seconds_total'):>7.2f} {column(page):>11}", flush=True)
        due += max(1, polls // reports)
    for row, value in page.rows("mesh_target_scrape_errors_total"):
        if value:
            print(f"errors: {row['pod']} {row['reason']} {value:.0f}")
