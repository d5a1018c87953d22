package isup

// Nations whose own messages or parameters are known here. The codes E8 to FF collide between nations, so each has its
// table, and a network is read by it only when the configuration says so. Bodies of their own messages are not known:
// they stay raw. China has none that are known and is read by ITU.
var (
	France    = Tables{"isup", 2, 0x0fff, &frenchMessages, &ituParams}
	Israel    = Tables{"isup", 2, 0x0fff, &israeliMessages, &ituParams}
	Japan     = Tables{"isup", 2, 0x0fff, &japaneseMessages, &japaneseParams}
	Russia    = Tables{"isup", 2, 0x0fff, &russianMessages, &ituParams}
	Singapore = Tables{"isup", 2, 0x0fff, &singaporeMessages, &singaporeParams}
	Spain     = Tables{"isup", 2, 0x0fff, &spanishMessages, &spanishParams}
	UK        = Tables{"isup", 2, 0x0fff, &ituMessages, &britishParams}
)

var (
	frenchMessages = messagesWith(&ituMessages, map[Type]message{
		0xe1: {"CHP", "charging pulse", nil},
		0xe2: {"CHA", "charging acknowledgement", nil},
	})
	israeliMessages = messagesWith(&ituMessages, map[Type]message{
		0xe8: {"BCM", "backward charging", nil},
		0xe9: {"TCM", "traffic change", nil},
		0xea: {"CAM", "charge acknowledgement", nil},
	})
	japaneseMessages = messagesWith(&ituMessages, map[Type]message{
		0xfe: {"CHG", "charge information", nil},
	})
	russianMessages = messagesWith(&ituMessages, map[Type]message{
		0xfc: {"CCL", "clear calling line", nil},
		0xff: {"RNG", "ringing", nil},
	})
	singaporeMessages = messagesWith(&ituMessages, map[Type]message{
		0xfd: {"CAK", "charge acknowledgement", nil},
		0xfe: {"TCM", "tariff charge", nil},
		0xff: {"MCP", "malicious call print", nil},
	})
	spanishMessages = messagesWith(&ituMessages, map[Type]message{
		0xf8: {"NON", "national notification", nil},
		0xfc: {"LLM", "national malicious call", nil},
	})
)

var (
	japaneseParams = paramsWith(&ituParams, map[Code]param{
		0xd7: {"emergency call indicator", nil},
		0xec: {"emergency call information indicator", nil},
		0xee: {"network POI-CA", nil},
		0xf1: {"carrier information transfer", nil},
		0xf2: {"charge information delay", nil},
		0xf3: {"additional party's category", nil},
		0xf5: {"reason for CLIP failure", nil},
		0xf9: {"contractor number", nil},
		0xfa: {"charge information type", nil},
		0xfb: {"charge information", nil},
		0xfd: {"charge area information", nil},
	})
	singaporeParams = paramsWith(&ituParams, map[Code]param{
		0xfd: {"trunk offering information", nil},
		0xfe: {"charge rate information", nil},
		0xff: {"call charge information", nil},
	})
	spanishParams = paramsWith(&ituParams, map[Code]param{
		0xf3: {"outgoing route identification", nil},
		0xf4: {"incoming route identification", nil},
		0xf8: {"rate", nil},
		0xf9: {"identifier of incoming circuit", nil},
		0xfd: {"type of notification", nil},
	})
	britishParams = paramsWith(&ituParams, map[Code]param{
		0xf4: {"national forward call indicators link-by-link", nil},
		0xf5: {"national information indicators", nil},
		0xf6: {"national information request indicators", nil},
		0xf7: {"called subscriber's terminating facility marks", nil},
		0xf8: {"calling subscriber's originating facility marks", nil},
		0xf9: {"calling subscriber's basic service marks", nil},
		0xfa: {"called subscriber's basic service marks", nil},
		0xfb: {"partial CLI", nil},
		0xfc: {"last diverting line identity", nil},
		0xfd: {"presentation number", nil},
		0xfe: {"national forward call indicators", nil},
	})
)
