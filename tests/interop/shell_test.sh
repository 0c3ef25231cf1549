#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The shell as an operator sees it: culvert in a terminal (tmux) and as a program in a script, with
# a management API that needs no appliance (fake_api.py) behind it. No root needed.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
culvert=${CULVERT_BUILD:-$here/../../build}/app/culvert
work=$(mktemp -d /tmp/culvert-shell.XXXXXX)
api=
status=0

mux()
{
	tmux -f /dev/null -L "${work##*/}" "$@"
}

finish()
{
	trap - EXIT INT TERM
	mux kill-server 2>/dev/null || true
	[ -z "$api" ] || kill "$api" 2>/dev/null || true
	rm -rf "$work"
	exit "$1"
}
trap 'finish $?' EXIT
trap 'finish 1' INT TERM

[ -x "$culvert" ] || { echo "FAILED: $culvert is not built; run scripts/setup"; exit 1; }
command -v tmux >/dev/null || { echo "SKIPPED: tmux is missing"; exit 77; }

verdict()
{
	if [ "$1" = 0 ]; then
		echo "ok - $2"
		return
	fi
	echo "not ok - $2"
	status=1
}

start_api()
{
	/usr/bin/python3 "$here/fake_api.py" "$work" &
	api=$!
	for _ in {1..50}; do
		[ ! -S "$work/api.sock" ] || return 0
		sleep 0.1
	done
	echo "FAILED: fake_api.py did not start"
	exit 1
}

screen()
{
	mux capture-pane -p -S -200 -t 0
}

# sees NAME PATTERN: the screen comes to match the extended expression within five seconds
sees()
{
	for _ in {1..50}; do
		if grep -qE -- "$2" <<<"$(screen)"; then
			verdict 0 "$1"
			return
		fi
		sleep 0.1
	done
	verdict 1 "$1"
	screen | grep -v '^$' | tail -n 12
}

# last NAME PATTERN: likewise the last line that is not empty
last()
{
	for _ in {1..50}; do
		if grep -qE -- "$2" <<<"$(screen | grep -v '^$' | tail -n 1)"; then
			verdict 0 "$1"
			return
		fi
		sleep 0.1
	done
	verdict 1 "$1"
	screen | grep -v '^$' | tail -n 12
}

keys()
{
	mux send-keys -t 0 "$@"
}

# typed TEXT: a line and Enter
typed()
{
	mux send-keys -t 0 -l -- "$1"
	keys Enter
}

wipe()
{
	keys -R
	mux clear-history -t 0
}

start_api

# the example of docs/api.md, until it is stopped
said=$(timeout 2 /usr/bin/python3 "$here/../../docs/examples/watch_tunnels.py" \
	"$work/api.sock" 1 || true)
[ "$said" = "FastEthernet0 12.1.1.2:500 - -> UP-ACTIVE" ] && rc=0 || rc=$?
verdict "$rc" python_example_says_the_tunnel_is_up
mux new-session -d -x 100 -y 24 "$culvert --run-dir $work; echo status \$?; exec sleep 60"

last user_prompt '^R1>$'
typed 'show running-config'
sees user_is_not_privileged "Invalid input detected at '\^' marker"
typed enable
last enabled_prompt '^R1#$'
keys -l 'sh cry'
keys Tab
keys -l 'isa'
keys Tab
keys -l 'sa'
keys Enter
sees tab_completes '^R1#sh crypto isakmp sa$'
sees answer_is_rendered '^12\.1\.1\.2 +12\.1\.1\.1 +QM_IDLE +1001 +0 ACTIVE$'
wipe
keys -l 'clear crypto sa ?'
sees help_is_verbatim '^  map       Clear all SAs for a given crypto map$'
last help_leaves_the_line '^R1#clear crypto sa$'
keys C-c
last interrupt_drops_the_line '^R1#$'
wipe
typed 'show nothing here'
sees caret_is_under_the_word '^        \^$'
typed c
sees ambiguous_says_so '^% Ambiguous command:  "c"$'
keys Up Up
last history_comes_back '^R1#show nothing here$'
keys C-u
typed 'show running-config | include host'
sees include_filters '^hostname R1$'
wipe
typed 'show running-config | exclude host'
sees exclude_filters '^end$'
typed 'show running-config | count !'
sees count_counts '^Number of lines which match regexp = 2$'
typed 'show running-config | begin hostname'
sees begin_begins '^hostname R1$'
typed 'show running-config | section hostname'
sees section_shows_a_section '^hostname R1$'
typed 'show version | json'
sees json_prints_the_answer '^  "version": "0\.1\.0",$'
wipe
typed 'show ip route'
last long_answers_stop '^ --More--$'
keys q
last any_key_stops_paging '^R1#$'
typed 'show ip route'
last long_answers_stop_again '^ --More--$'
wipe
keys Space
last space_shows_a_page '^ --More--$'
sees space_shows_many_lines '^C +10\.0\.40\.0/24'
keys Enter
sees enter_shows_one_more '^ --More--$'
keys C-c
last interrupt_stops_paging '^R1#$'
wipe
typed ping
typed ''
last ping_asks '^Target IP address:$'
typed 10.0.0.9
typed ''
typed ''
typed ''
typed 1
sees a_wrong_answer_is_asked_for_again "^% Please answer 'yes' or 'no'\\.$"
keys BSpace
typed n
typed ''
sees ping_begins '^Sending 5, 100-byte ICMP Echos to 10\.0\.0\.9, timeout is 2 seconds:$'
keys C-c
sees interrupt_ends_a_ping '^Success rate is 0 percent \(0/0\)$'
last a_ping_leaves_the_prompt '^R1#$'
typed ping
keys C-c
last interrupt_ends_the_questions '^R1#$'
keys -l 'ping 10.0.0.9 rep'
keys Tab
keys -l '1 s'
keys Tab Tab
sees tab_completes_inside_a_ping '^size +source *$'
last the_line_of_a_ping_stays '^R1#ping 10\.0\.0\.9 repeat 1 s$'
keys C-u
wipe
typed 'terminal length 0'
typed 'show ip route'
sees no_length_no_stop '10\.0\.59\.0/24 is directly connected'
last no_length_ends_at_the_prompt '^R1#$'
typed 'terminal length 24'
wipe
typed "show running-config | redirect $work/written"
typed "show running-config | append $work/written"
last file_filters_print_nothing '^R1#$'
[ "$(grep -c '^hostname R1$' "$work/written")" = 2 ] && rc=0 || rc=1
verdict "$rc" redirect_and_append_write_the_file
wipe
long=$(printf 'a%.0s' {1..4000})
typed "show running-config | count $long"
sees long_line_is_one_line '^% Expression too long$'
last long_line_leaves_the_prompt '^R1#$'
wipe
typed 'terminal dialect asa'
typed 'show crypto isakmp sa'
sees asa_layout '^1 +IKE Peer: 12\.1\.1\.2$'
typed 'show nothing here'
sees asa_error "^ERROR: % Invalid input detected at '\^' marker\.$"
keys -l 'clear crypto ipsec sa ?'
sees asa_help '^  entry     Clear IPsec SAs by entry$'
keys C-u
wipe
typed 'show run | grep host'
sees asa_grep '^hostname R1$'
typed 'terminal dialect pix'
typed 'show isakmp sa'
sees pix_layout '^ +12\.1\.1\.2 +12\.1\.1\.1 +QM_IDLE +0 +1$'
typed nonsense
sees pix_error "^Type help or '\?' for a list of available commands\.$"
typed 'terminal dialect ios'
wipe
# Two operators at once: each has a mode and a dialect of his own.
mux new-window -d -n other "$culvert --run-dir $work; exec sleep 60"
mux send-keys -t other -l 'enable'
mux send-keys -t other Enter
mux send-keys -t other -l 'terminal dialect asa'
mux send-keys -t other Enter
mux send-keys -t other -l 'configure terminal'
mux send-keys -t other Enter
mux send-keys -t other -l 'interface GigabitEthernet0/1'
mux send-keys -t other Enter
typed 'show crypto isakmp sa'
sees first_operator_keeps_his_dialect '^IPv4 Crypto ISAKMP SA$'
last first_operator_keeps_his_mode '^R1#$'
for _ in {1..50}; do
	mux capture-pane -p -t other | grep -q '^R1(config-if)#$' && break
	sleep 0.1
done
mux capture-pane -p -t other | grep -q '^R1(config-if)#$' && rc=0 || rc=1
verdict "$rc" second_operator_has_his_mode
mux kill-window -t other
typed 'configure terminal'
last config_prompt '^R1\(config\)#$'
typed 'interface GigabitEthernet0/1'
last interface_prompt '^R1\(config-if\)#$'
keys -l 'ip ad'
keys Tab
last grammar_completes '^R1\(config-if\)#ip address'
keys C-u
typed 'hostname R2'
last hostname_changes_the_prompt '^R2\('
typed 'do show version | json'
sees do_runs_exec_commands '^  "hostname": "R1",$'
keys C-z
last control_z_ends '^R2#$'
wipe
typed 'debug crypto isakmp'
sees debug_says_on '^Crypto ISAKMP debugging is on$'
sees debug_lines_come_by_themselves '^ISAKMP \(0:2\): a debug line$'
keys -l 'undebug'
last typing_survives_debug_lines '^R2#undebug$'
typed ' all'
sees debug_says_off '^All possible debugging has been turned off$'
keys C-d
sees control_d_leaves '^status 0$'

mux respawn-pane -k -t 0 "$culvert --run-dir $work; stty -a; exec sleep 60"
last second_session '^R[127]>$'
kill -TERM "$(pgrep -P "$(mux display-message -p -t 0 '#{pane_pid}')")"
sees termination_restores_the_terminal '[^-]icanon'

# Scripts.

run()
{
	"$culvert" --run-dir "$work" "$@"
}

run -c 'show crypto isakmp sa' >"$work/out"
grep -q QM_IDLE "$work/out" && rc=0 || rc=1
verdict "$rc" command_prints
if run -c 'show nothing' >"$work/out" 2>"$work/err"; then rc=1; else rc=$?; fi
[ "$rc" = 1 ] && [ ! -s "$work/out" ] && grep -q marker "$work/err" && rc=0 || rc=1
verdict "$rc" failed_command_is_status_1_on_stderr
printf '%s\n' '! comment' 'configure terminal' ' hostname R7' 'bad line' 'end' >"$work/commands"
if run -f "$work/commands" 2>"$work/err"; then rc=1; else rc=$?; fi
[ "$rc" = 1 ] && grep -q "^$work/commands:4: bad line$" "$work/err" && rc=0 || rc=1
verdict "$rc" failed_line_of_a_file_is_named
echo 'show version' | run >"$work/out"
grep -q 'R1 uptime' "$work/out" && rc=0 || rc=1
verdict "$rc" standard_input_is_read
if timeout 2 "$culvert" --run-dir "$work" -c 'debug crypto isakmp' >"$work/out"; then
	rc=1
else
	rc=$?
fi
[ "$rc" = 124 ] && grep -q 'a debug line' "$work/out" && rc=0 || rc=1
verdict "$rc" debug_streams_until_stopped
if "$culvert" --run-dir "$work/none" -c 'show version' 2>"$work/err"; then rc=1; else rc=$?; fi
[ "$rc" = 1 ] && grep -q 'culvertd is not running' "$work/err" && rc=0 || rc=1
verdict "$rc" missing_server_is_one_sentence
finish "$status"
