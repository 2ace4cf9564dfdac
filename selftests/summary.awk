# SPDX-License-Identifier: GPL-2.0
#
# Read what run.sh prints (any number of runs after another), name every
# failure and print the one summary line:
#
#	N passed, N failed, N skipped
#
# Programs may be named after the kernel they run on: KERNEL/PROGRAM.
# Test cases are counted; a program without any counts as one. Exits 1 when
# something failed or nothing ran.

function fail(what) { failures[++nfailures] = what; failed++ }

function begin(program)
{
	if (name != "")
		end(program ~ /(^|\/)vm$/ ? "the VM died in it" : "never came to its end")
	name = program
	cases = planned = casefail = caseskip = skipall = 0
}

# status: "" for ok, "SKIP", or what went wrong
function end(status)
{
	if (status != "" && status != "SKIP") {
		if (!casefail || status !~ /^exit=/)
			fail(name ": " status)
	} else if (casefail) {
		# counted already, though the program says all is well
	} else if (planned && planned != cases && !skipall) {
		fail(name ": planned " planned " cases, ran " cases)
	} else if (!cases) {
		if (status == "SKIP" || skipall)
			skipped++
		else
			passed++
	}
	name = ""
}

/^# selftests: lisp: / { begin($4); next }

/^(not )?ok [0-9]+ selftests: lisp: / {
	program = ($1 == "ok") ? $5 : $6
	if (name != "" && program != name)
		end(program ~ /(^|\/)vm$/ ? "the VM died in it" : "never came to its end")
	if (name == "")
		begin(program)
	status = ""
	if (match($0, / # /))
		status = substr($0, RSTART + 3)
	if ($1 == "ok")
		end(status ~ /^SKIP/ ? "SKIP" : "")
	else
		end(status == "" ? "failed" : status)
	next
}

/^# 1\.\.[0-9]+/ {
	split($2, plan, /\.\./)
	planned += plan[2]
	if (plan[2] == 0)
		skipall = 1
	next
}

/^# (not )?ok( |$)/ {
	cases++
	if (toupper($0) ~ /# SKIP/)
		skipped++
	else if ($2 == "ok" || toupper($0) ~ /# (TODO|XFAIL)/)
		passed++
	else {
		casefail++
		fail(name ": " substr($0, 10))
	}
}

END {
	if (name != "")
		end("never came to its end")
	if (nfailures)
		print ""
	for (i = 1; i <= nfailures; i++)
		print "failed: " failures[i]
	if (!(passed + failed + skipped))
		print "nothing ran"
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !(passed + skipped)
}
