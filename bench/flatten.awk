# SPDX-License-Identifier: Apache-2.0
# JSON of one object to lines "path.to.value<tab>value", for run and compare. Strings lose their quotes
# and keep their escapes; arrays count from 0.

function emit(value,    i, path)
{
	path = key[1]
	for (i = 2; i <= depth; i++)
		path = path "." key[i]
	print path "\t" value
}

{ text = text $0 }

END {
	while (text != "") {
		if (match(text, /^[ \t]+/))
			token = ""
		else if (match(text, /^"([^"\\]|\\.)*"/))
			token = "s"
		else if (match(text, /^[][{}:,]/))
			token = substr(text, 1, 1)
		else if (match(text, /^[-+.0-9a-zA-Z]+/))
			token = "v"
		else
			exit 1
		word = substr(text, 1, RLENGTH)
		text = substr(text, RLENGTH + 1)
		if (token == "{" || token == "[") {
			depth++
			kind[depth] = token
			key[depth] = token == "[" ? 0 : ""
		} else if (token == "}" || token == "]")
			depth--
		else if (token == ",") {
			if (kind[depth] == "[")
				key[depth]++
			else
				key[depth] = ""
		} else if (token == "s" && kind[depth] == "{" && key[depth] == "")
			key[depth] = substr(word, 2, length(word) - 2)
		else if (token == "s")
			emit(substr(word, 2, length(word) - 2))
		else if (token == "v")
			emit(word)
	}
	exit depth != 0
}
