package reports

import "c7mon/charge/reconcile"

// reconcilePhrases are the texts of the two tables of a reconciliation.
type reconcilePhrases struct {
	title, list, of                             string // titles; of takes the name of the file
	class, calls, records, minutes, fileMinutes string // headings
	due, charged, lost, over, unpriced          string
	time, call, line, calling, called           string
	fileCalling, fileCalled, trunkGroup, cic    string
	answer, fileAnswer, answerOff               string
	talk, fileTalk, talkOff                     string
	tariff, fileTariff, stake                   string
	empty, none                                 string // no rows; of a list
	total, agree                                string // notes, with their numbers
	clock, ahead, behind, unknown               string
	tolerance, step                             string
	leftOut, leftOutNone, byMap, bad, notCalls  string
	badNote                                     string
	answeredOnly, foreign, unpricedNote, more   string
	fileClock, drill                            string
	judged, books, noBook, uncompared           string
	classes                                     map[reconcile.Class]string
}

var reconcileTexts = [...]reconcilePhrases{
	English: {
		title: "RECONCILIATION OF CALLS AND RECORDS", list: "DIFFERENCES BETWEEN CALLS AND RECORDS", of: " OF %s",
		class: "Class", calls: "Calls", records: "Records", minutes: "Minutes", fileMinutes: "Min. in file",
		due: "Due", charged: "Charged", lost: "Lost", over: "Overcharged", unpriced: "No price",
		time: "Time", call: "Call", line: "Line", calling: "Calling", called: "Called", fileCalling: "Calling in file",
		fileCalled: "Called in file", trunkGroup: "Trunk group", cic: "CIC", answer: "Answer", fileAnswer: "Answer in file",
		answerOff: "Answer off, s", talk: "Talk, s", fileTalk: "Talk in file, s", talkOff: "Talk off, s", tariff: "Tariff",
		fileTariff: "Tariff in file", stake: "At stake",
		empty: "No calls and no records.", none: "No differences.",
		total: "Differences: %d of %d calls and %d records. Lost to the operator: %s; overcharged: %s (%s).",
		agree: "Not proved, as the lines were not heard or the call not seen wholly, and not in the sums above: %d.",
		clock: "Clock of the switch: %s %s at %s, drift %s ppm (above 0 it is fast); scatter %s s; told by %d of %d pairs.",
		ahead: "ahead", behind: "behind",
		unknown:   "Clock of the switch: too few pairs tell it (%d looked at), taken as right.",
		tolerance: "Tolerance: %s s for times, %s s for durations.", step: "The durations of the file are rounded up to %s s.",
		leftOut: "Left out: ", leftOutNone: "Left out: none.", byMap: "by the map %d rows", bad: "rows that are no records %d",
		badNote:      "Calls only on the wire may be those of the rows that are no records: correct these first.",
		notCalls:     "attempts that have no record, glare or tried again on another circuit, %d",
		answeredOnly: "The file has answered calls only; those that were not answered are not missing in it.",
		foreign:      "Records with a tariff that no call has, not compared by its name: %d.",
		unpricedNote: "Differences without a price on one side, not in the money: %d.",
		more:         "Not listed: %d more.",
		fileClock:    "Times in the file are by the clock of the switch; what is off is so after its correction.",
		drill:        "A call is shown by c7mon show CALL, what it ought to cost is told by c7mon charge calls CALL --explain; the line is that of the file.",
		judged:       "Judged: %s to %s.", books: "What is due is by the book of tariffs %s.",
		noBook: "There is no book of tariffs: no call has a price, and amounts are not compared; a record of an answered call that has none is a " +
			"difference all the same.",
		uncompared: "Pairs whose money is not compared, as the books give the call no price: %d.",
		classes: map[reconcile.Class]string{
			reconcile.Matched: "Matched", reconcile.WireOnly: "Only on the wire", reconcile.FileOnly: "Only in the file",
			reconcile.Duration: "Other duration", reconcile.Answer: "Other answer", reconcile.ChargedNotAnswered: "Charged, not answered",
			reconcile.AnsweredNotCharged: "Answered, not charged", reconcile.ChargedFree: "Charged, free", reconcile.Double: "Double record",
			reconcile.Number: "Other number", reconcile.Tariff: "Other tariff", reconcile.Unproved: "Not proved",
			reconcile.Unseen: "Only in the file, lines not heard", reconcile.NoCharge: "Needs no record", reconcile.Attempt: "Attempt without record",
			reconcile.Leg: "Other leg", reconcile.Outside: "Outside the time", reconcile.Unusable: "Unusable record",
		},
	},
	Vietnamese: {
		title: "ĐỐI SOÁT CUỘC GỌI VÀ BẢN GHI CƯỚC", list: "SAI LỆCH GIỮA CUỘC GỌI VÀ BẢN GHI CƯỚC", of: " %s",
		class: "Loại", calls: "Số cuộc", records: "Số bản ghi", minutes: "Số phút", fileMinutes: "Số phút trong tệp",
		due: "Phải thu", charged: "Đã tính", lost: "Thất thu", over: "Thu thừa", unpriced: "Không rõ giá",
		time: "Thời gian", call: "Cuộc gọi", line: "Dòng", calling: "Số gọi", called: "Số bị gọi", fileCalling: "Số gọi trong tệp",
		fileCalled: "Số bị gọi trong tệp", trunkGroup: "Nhóm trung kế", cic: "CIC", answer: "Trả lời", fileAnswer: "Trả lời trong tệp",
		answerOff: "Lệch trả lời, s", talk: "Đàm thoại, s", fileTalk: "Đàm thoại trong tệp, s", talkOff: "Lệch đàm thoại, s", tariff: "Biểu giá",
		fileTariff: "Biểu giá trong tệp", stake: "Số tiền lệch",
		empty: "Không có cuộc gọi và bản ghi nào.", none: "Không có sai lệch.",
		total: "Sai lệch: %d, trong %d cuộc gọi và %d bản ghi. Nhà khai thác thất thu: %s; thu thừa: %s (%s).",
		agree: "Chưa chứng minh được vì đường không được thu đủ hoặc cuộc gọi không thấy trọn, không nằm trong các số trên: %d.",
		clock: "Đồng hồ tổng đài: %[2]s %[1]s lúc %[3]s, độ trôi %[4]s ppm (trên 0 là chạy nhanh); độ tản %[5]s s; theo %[6]d trong %[7]d cặp.",
		ahead: "sớm", behind: "muộn",
		unknown:   "Đồng hồ tổng đài: quá ít cặp để xác định (đã xét %d), coi là đúng.",
		tolerance: "Dung sai: %s s cho thời điểm, %s s cho thời lượng.", step: "Thời lượng trong tệp được làm tròn lên %s s.",
		leftOut: "Không tính: ", leftOutNone: "Không tính: không có.", byMap: "theo ánh xạ %d dòng", bad: "dòng không phải bản ghi %d",
		badNote:      "Cuộc gọi chỉ có trên đường có thể thuộc các dòng không đọc được: hãy sửa các dòng đó trước.",
		notCalls:     "lần gọi không có bản ghi, chiếm kênh hai đầu hoặc gọi lại trên kênh khác, %d",
		answeredOnly: "Tệp chỉ có các cuộc gọi được trả lời; các cuộc không được trả lời không bị coi là thiếu.",
		foreign:      "Bản ghi có biểu giá mà không cuộc gọi nào có, không so sánh theo tên: %d.",
		unpricedNote: "Sai lệch không rõ giá ở một bên, không tính vào số tiền: %d.",
		more:         "Không liệt kê: thêm %d.",
		fileClock:    "Thời gian trong tệp theo đồng hồ tổng đài; độ lệch là sau khi đã hiệu chỉnh.",
		drill:        "Xem một cuộc gọi: c7mon show CUỘC_GỌI; cách tính cước: c7mon charge calls CUỘC_GỌI --explain; dòng là số dòng trong tệp.",
		judged:       "Thời gian đối soát: %s đến %s.", books: "Phải thu tính theo bảng giá %s.",
		noBook: "Không có bảng giá: không cuộc gọi nào có giá, số tiền không được so sánh; bản ghi không có tiền của cuộc được trả lời vẫn là " +
			"sai lệch.",
		uncompared: "Cặp không so sánh số tiền vì bảng giá không có giá cho cuộc gọi: %d.",
		classes: map[reconcile.Class]string{
			reconcile.Matched: "Khớp", reconcile.WireOnly: "Chỉ có trên đường", reconcile.FileOnly: "Chỉ có trong tệp",
			reconcile.Duration: "Lệch thời lượng", reconcile.Answer: "Lệch trả lời", reconcile.ChargedNotAnswered: "Tính cước, không trả lời",
			reconcile.AnsweredNotCharged: "Trả lời, không tính cước", reconcile.ChargedFree: "Tính cước cuộc miễn phí",
			reconcile.Double: "Bản ghi trùng", reconcile.Number: "Khác số", reconcile.Tariff: "Khác biểu giá", reconcile.Unproved: "Chưa chứng minh",
			reconcile.Unseen: "Chỉ có trong tệp, đường không được thu", reconcile.NoCharge: "Không cần bản ghi",
			reconcile.Attempt: "Lần gọi không có bản ghi", reconcile.Leg: "Chặng khác", reconcile.Outside: "Ngoài thời gian",
			reconcile.Unusable: "Bản ghi không dùng được",
		},
	},
}

// reconcileTexts gives the texts of the language, English for one that there is not.
func (l Lang) reconcileTexts() *reconcilePhrases {
	if int(l) < len(reconcileTexts) {
		return &reconcileTexts[l]
	}
	return &reconcileTexts[English]
}
