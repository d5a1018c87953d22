package isup

// Parameters that no call record keeps; they are described by their bits alone.

// diversionBits are of call diversion information, Q.763 3.6.
var diversionBits = []bits{
	{"notification_subscription", 0, 0x07, []string{"unknown", "presentation not allowed", "presentation with redirection number",
		"presentation without redirection number"}},
	{"reason", 0, 0x78, redirectionReasons},
}

// compatibilityBits are of the first instruction of message compatibility information, Q.763 3.33.
var compatibilityBits = []bits{
	{"interpretation", 0, 0x01, []string{"transit", "end node"}},
	{"release_call", 0, 0x02, noYes},
	{"send_notification", 0, 0x04, noYes},
	{"discard_message", 0, 0x08, noYes},
}

var portabilityBits = []bits{
	{"status", 0, 0x0f, []string{1: "number portability query not done", 2: "query done, called number not ported",
		3: "query done, called number ported"}},
}

// notifications are the values of generic notification, Q.763 3.25.
var notifications = []string{
	0:   "user suspended",
	1:   "user resumed",
	2:   "bearer service change",
	3:   "discriminator for extension to ASN.1 encoded component",
	4:   "call completion delay",
	66:  "conference established",
	67:  "conference disconnected",
	68:  "other party added",
	69:  "isolated",
	70:  "reattached",
	71:  "other party isolated",
	72:  "other party reattached",
	73:  "other party split",
	74:  "other party disconnected",
	75:  "conference floating",
	96:  "call is a waiting call",
	104: "diversion activated",
	105: "call transfer, alerting",
	106: "call transfer, active",
	121: "remote hold",
	122: "remote retrieval",
	123: "call is diverting",
}

func showNotification(b []byte) any {
	o, err := octet(b, "notification indicator")
	return described(b, err, numbered(o&0x7f, notifications))
}

// groupBits are of the circuit group characteristic indicator of T1.113.
var groupBits = []bits{
	{"carrier", 0, 0x03, []string{"unknown", "analogue", "digital", "analogue and digital"}},
	{"dual_seizure_control", 0, 0x0c, []string{"none", "odd circuits", "even circuits", "all circuits"}},
}
